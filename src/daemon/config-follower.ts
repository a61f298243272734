import { type Discovery, describePart, openDiscovery } from "../discovery/discovery.ts";
import { joinTargets } from "../discovery/join-targets.ts";
import type { PatrolConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { reloadConfig } from "../patrol/config/reload-config.ts";
import type { Fleet } from "./fleet.ts";
import { readConfigText, readMark } from "./load-file.ts";
import { openOutlets } from "./open-outlets.ts";
import type { OpenedPatrol, PatrolOptions } from "./open-patrol.ts";

/** Keeps a patrol to what its file and its sources of targets say. A wrong file changes nothing and is told. */
export class ConfigFollower {
  readonly #options: PatrolOptions;
  readonly #opened: OpenedPatrol;
  #discovery: Discovery | null = null;
  /** What the sources of the configuration before had found, until those of this one have been asked. */
  #foundBefore: readonly TargetConfig[] = [];
  /** Of the file as it was last read. */
  #mark: string;
  /** All targets were known once: none of them was missed by this process before. */
  #wasWhole = false;
  /** One after the other, whatever comes how fast. */
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: PatrolOptions, opened: OpenedPatrol) {
    this.#options = options;
    this.#opened = opened;
    this.#mark = options.file.mark;
  }

  /** Targets come from discovery too from now on. */
  async start(): Promise<void> {
    const { config } = this.#opened.patrol.world.inForce;
    this.#openDiscovery(config);
    await this.#setTargets();
  }

  reload(why: string): void {
    this.#reloading = this.#reloading.then(() => this.#reload(why));
  }

  /** Looks whether the file has changed. */
  async look(): Promise<void> {
    const now = await readMark(this.#options.file.path);
    if (now === "" || now === this.#mark) return;
    this.#mark = now;
    this.reload("the file changed");
  }

  /** What has begun ends first. */
  async settle(): Promise<void> {
    await this.#reloading;
  }

  async close(): Promise<void> {
    await this.#discovery?.close();
  }

  async #reload(why: string): Promise<void> {
    const { file, clock, log } = this.#options;
    const { patrol, secrets } = this.#opened;
    const { inForce, activity, notices, audit } = patrol.world;
    try {
      const fresh = await readConfigText(file.path);
      this.#mark = fresh.mark;
      const loaded = reloadConfig(inForce.config, fresh.text, fresh.options);
      if (loaded.outcome === "kept") {
        const [first] = loaded.errors;
        const more = loaded.errors.length > 1 ? ` (and ${loaded.errors.length - 1} more)` : "";
        throw new Error(`line ${first?.place.line}: ${first?.message}${more}`);
      }
      const { config, diff } = loaded;
      const outlets = await openOutlets(config, { secret: secrets.read, clock, log });
      // Sources that stay go on: what they have found is not lost meanwhile.
      if (JSON.stringify(config.discovery) !== JSON.stringify(inForce.config.discovery)) {
        this.#foundBefore = [...(this.#discovery?.targets ?? []), ...this.#foundBefore];
        await this.#discovery?.close();
        this.#openDiscovery(config);
      }
      await patrol.apply(config, outlets, this.#fleet(config));
      inForce.reloadProblem = null;
      activity.reloads++;
      notices.clear("configuration");
      const { hash } = inForce.generation;
      log.info("the configuration was reloaded", { why, hash, needs_restart: diff.needsRestart });
      audit.add("reload", { hash, why });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      inForce.reloadProblem = `the new configuration is not used: ${reason}`;
      activity.failedReloads++;
      notices.raise("configuration", inForce.reloadProblem);
      audit.add("reload-refused", { why, reason });
    }
  }

  #openDiscovery({ discovery }: PatrolConfig): void {
    const { clock, env, log } = this.#options;
    if (discovery.length === 0) {
      this.#discovery = null;
      return;
    }
    this.#discovery = openDiscovery(discovery, { clock, env, secret: this.#opened.secrets.read }, (now) => {
      this.#discovery = now;
      void this.#setTargets();
      for (const part of now.parts) {
        if (part.problem !== null)
          log.warn("a source of targets has a problem", { part: describePart(part, clock.wallMs()) });
      }
    });
  }

  /** By the configuration and what was found until now. */
  #fleet(config: PatrolConfig): Fleet {
    const { targets = [], isReady = true, isWhole = true } = this.#discovery ?? {};
    if (isReady) this.#foundBefore = [];
    const found = [...targets, ...this.#foundBefore];
    const aliveUntilMs = this.#wasWhole ? null : this.#opened.aliveUntilMs;
    this.#wasWhole ||= isWhole;
    return { targets: joinTargets(config.targets, found), isWhole, aliveUntilMs };
  }

  async #setTargets(): Promise<void> {
    const { patrol } = this.#opened;
    await patrol.setTargets(this.#fleet(patrol.world.inForce.config));
  }
}
