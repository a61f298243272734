import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { ExchangeError } from "../secrets/http-exchange.ts";
import { SecretError } from "../secrets/secret-error.ts";
import { DiscoveryError } from "./discovery-error.ts";
import { lookUpTargets } from "./dns-source.ts";
import { readTargetFiles } from "./file-source.ts";
import { fetchTargets } from "./http-source.ts";
import { followKubernetes } from "./kubernetes-source.ts";
import { namespacesOf } from "./kubernetes-url.ts";
import type { SourceContext } from "./source-context.ts";

/** A part of a source that can fail by itself: a file, a name, a namespace, the URL. */
export interface PartState {
  /** "file targets/shop.json", "http https://sd/targets", "dns _pprof._tcp.shop", "kubernetes pods of shop" */
  name: string;
  /** The last that were told; they stay while it fails. */
  targets: readonly TargetConfig[];
  /** When the targets were last known to be right, by the wall clock; null: never yet. */
  freshMs: number | null;
  /** Why it cannot be asked now; null if it can. */
  problem: string | null;
}

/** Follows one [[discovery]] until `signal` is aborted; `onChange` after every change of targets or problem. */
export class TargetSource {
  readonly #config: DiscoveryConfig;
  readonly #context: SourceContext;
  readonly #onChange: () => void;
  readonly #parts = new Map<string, PartState>();
  #isAsked = false;

  constructor(config: DiscoveryConfig, context: SourceContext, onChange: () => void) {
    this.#config = config;
    this.#context = context;
    this.#onChange = onChange;
  }

  /** Every part of it has answered or failed once. */
  get isAsked(): boolean {
    const config = this.#config;
    if (config.kind !== "kubernetes") return this.#isAsked;
    return this.#parts.size >= namespacesOf(config).length;
  }

  get parts(): PartState[] {
    return [...this.#parts.values()];
  }

  /** Resolves when `signal` is aborted and nothing runs any more. */
  async follow(signal: AbortSignal): Promise<void> {
    const config = this.#config;
    if (config.kind === "kubernetes") {
      await Promise.all(
        namespacesOf(config).map((namespace) => this.#followNamespace(config, namespace, signal)),
      );
      return;
    }
    while (!signal.aborted) {
      await this.refresh(signal);
      if (!this.#isAsked) {
        this.#isAsked = true;
        this.#onChange();
      }
      await this.#context.clock.sleep(config.refreshMs, signal);
    }
  }

  /** Asks once; what cannot be asked is a problem of its part. */
  async refresh(signal: AbortSignal): Promise<void> {
    const config = this.#config;
    switch (config.kind) {
      case "file": {
        // The pattern itself may fail; each file is a part of its own.
        await this.#ask(`files ${config.files.join(", ")}`, async () => {
          const files = await readTargetFiles(config);
          const present = new Set(files.map(({ path }) => `file ${path}`));
          for (const part of this.#parts.keys()) {
            if (part.startsWith("file ") && !present.has(part)) this.#drop(part);
          }
          for (const file of files) {
            if ("targets" in file) this.#succeed(`file ${file.path}`, file.targets);
            else this.#fail(`file ${file.path}`, file.problem);
          }
          return [];
        });
        return;
      }
      case "http":
        return this.#ask(`http ${withoutCredentials(config.url)}`, () =>
          fetchTargets(config, this.#context, signal),
        );
      case "dns":
        await Promise.all(
          config.names.map((name) =>
            this.#ask(`dns ${name}`, () => lookUpTargets(name, config, this.#context)),
          ),
        );
        return;
      case "kubernetes":
        return;
    }
  }

  async #followNamespace(
    config: Extract<DiscoveryConfig, { kind: "kubernetes" }>,
    namespace: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const name = `kubernetes ${config.role}s${namespace === null ? "" : ` of ${namespace}`}`;
    await followKubernetes(
      config,
      namespace,
      this.#context,
      {
        targets: (targets) => this.#succeed(name, targets),
        fresh: () => this.#succeed(name, null),
        failed: (reason) => this.#fail(name, reason),
      },
      signal,
    );
  }

  async #ask(name: string, ask: () => Promise<TargetConfig[]>): Promise<void> {
    try {
      this.#succeed(name, await ask());
    } catch (error) {
      const isExpected =
        error instanceof DiscoveryError || error instanceof ExchangeError || error instanceof SecretError;
      if (!isExpected) throw error;
      this.#fail(name, error.message);
    }
  }

  /** `targets` null: those known are still right. */
  #succeed(name: string, targets: readonly TargetConfig[] | null): void {
    const before = this.#parts.get(name);
    const now = targets ?? before?.targets ?? [];
    this.#parts.set(name, { name, targets: now, freshMs: this.#context.clock.wallMs(), problem: null });
    const isSame = targets === null || JSON.stringify(before?.targets ?? []) === JSON.stringify(now);
    if (!isSame || (before?.problem ?? null) !== null || before === undefined) this.#onChange();
  }

  #fail(name: string, problem: string): void {
    const before = this.#parts.get(name);
    this.#parts.set(name, {
      name,
      targets: before?.targets ?? [],
      freshMs: before?.freshMs ?? null,
      problem,
    });
    if (before?.problem !== problem) this.#onChange();
  }

  #drop(name: string): void {
    this.#parts.delete(name);
    this.#onChange();
  }
}

/** A query may hold a key. */
export function withoutCredentials(url: string): string {
  return url.replace(/\?.*$/, "").replace(/:\/\/[^/@]*@/, "://");
}
