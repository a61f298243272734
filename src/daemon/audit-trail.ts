import type { Clock } from "../lib/clock.ts";
import type { Log } from "../patrol/log.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Store } from "../store/store.ts";
import type { AuditFile } from "./audit-file.ts";

export interface AuditTrailParts {
  store: Pick<Store, "appendAudit">;
  /** Besides the store's own log; null if none is wanted. */
  file: AuditFile | null;
  actor: string;
  clock: Clock;
  log: Log;
  redactor: Pick<Redactor, "value">;
  /** Called for each entry. */
  onEntry(): void;
}

/** Entries in their order, in the store and in a file, redacted. Nobody waits for one; a failure is logged. */
export class AuditTrail {
  readonly #parts: AuditTrailParts;
  #written: Promise<unknown> = Promise.resolve();

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
  }

  add(action: string, detail: Readonly<Record<string, string | number | boolean | null>>): void {
    const { store, file, actor, clock, log, redactor } = this.#parts;
    this.#parts.onEntry();
    const redacted = redactor.value(detail);
    this.#written = this.#written
      .then(() => {
        const entry = { atMs: clock.wallMs(), actor, action, detail: redacted };
        file?.append(entry);
        return store.appendAudit(entry);
      })
      .catch((error: unknown) => log.error("an audit entry could not be written", { action, error }));
  }

  /** Resolves once all is written that was added. */
  async settle(): Promise<void> {
    await this.#written;
  }
}
