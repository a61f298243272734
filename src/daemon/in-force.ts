import type { PatrolConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import type { Notifier } from "../patrol/notification.ts";
import type { Sink } from "../patrol/sink.ts";
import type { Redactor } from "../redact/redactor.ts";
import { Generation } from "./generation.ts";

/** What a configuration brings of the outside world. */
export interface Outlets {
  redactor: Redactor;
  sinks: Sink[];
  notifiers: ReadonlyMap<string, Notifier>;
}

/**
 * The configuration in use and all that came of it. Parts of the patrol hold this and ask it at use, so that a reload is
 * one exchange here and nothing of the one before lives on.
 */
export class InForce {
  generation: Generation;
  outlets: Outlets;
  /** By id: of the configuration and of discovery. */
  targets: ReadonlyMap<string, TargetConfig> = new Map();
  /** Why the configuration that is written down is not this one. */
  reloadProblem: string | null = null;
  /** Takes out what the configuration of the moment says. */
  readonly redactor: Redactor;

  constructor(config: PatrolConfig, outlets: Outlets, nowMs: number) {
    this.generation = new Generation(config, nowMs);
    this.outlets = outlets;
    const current = () => this.outlets.redactor;
    this.redactor = {
      text: (text) => current().text(text),
      value: (value) => current().value(value),
      get counts() {
        return current().counts;
      },
    };
  }

  get config(): PatrolConfig {
    return this.generation.config;
  }

  /** Returns the sinks that are in use no longer. */
  exchange(config: PatrolConfig, outlets: Outlets, nowMs: number): Sink[] {
    const before = this.outlets.sinks;
    this.generation = new Generation(config, nowMs);
    this.outlets = outlets;
    return before.filter((sink) => !outlets.sinks.includes(sink));
  }
}
