import type { Clock } from "../../src/lib/clock.ts";
import type { AlertEvent, AlertState } from "../../src/patrol/alert.ts";
import { AlertBoard } from "../../src/patrol/alerting/alert-board.ts";
import type { Observation } from "../../src/patrol/alerting/observation.ts";
import type {
  MaintenanceConfig,
  ReceiverConfig,
  RouteConfig,
} from "../../src/patrol/config/patrol-config.ts";
import type {
  DeliveryResult,
  Notification,
  Notifier,
  NotifierLimits,
} from "../../src/patrol/notification.ts";
import { NotificationSender } from "../../src/patrol/notifying/notification-sender.ts";
import { passThrough } from "../../src/redact/redactor.ts";

export const MINUTE = 60_000;
export const SCENE_START = Date.UTC(2026, 10, 25, 3, 0, 0);

export function route(over: Partial<RouteConfig> = {}): RouteConfig {
  return {
    matchers: [],
    tiers: [],
    receivers: ["ops"],
    groupBy: [],
    groupWaitMs: 30_000,
    groupIntervalMs: 5 * MINUTE,
    repeatIntervalMs: 240 * MINUTE,
    sendResolved: true,
    continue: false,
    ...over,
  };
}

export function receiver(name: string, over: Partial<ReceiverConfig> = {}): ReceiverConfig {
  return { name, kind: "log", url: null, secret: null, options: {}, language: "en", fallback: null, ...over };
}

export interface SceneOptions {
  routes?: RouteConfig[];
  receivers?: ReceiverConfig[];
  maintenance?: MaintenanceConfig[];
  limits?: Partial<NotifierLimits>;
  refreshMs?: Record<string, number>;
  dependsOn?: Record<string, string[]>;
}

/**
 * The whole way from an observation to a message, with a clock that is turned by hand, receivers that can be told to
 * fail, and a store that keeps what it is given through a restart.
 */
export class AlertScene {
  nowMs = SCENE_START;
  /** Accepted by a receiver. */
  readonly sent: Notification[] = [];
  readonly attempts: { receiver: string; atMs: number }[] = [];
  readonly events: AlertEvent[] = [];
  readonly stored = new Map<string, AlertState>();
  /** By receiver: what it answers instead of taking the message. */
  readonly failing = new Map<string, DeliveryResult>();
  /** The store takes nothing. */
  storeFails = false;
  /** The process is killed in the moment between the next answer of this receiver and the store's word of it. */
  killsAfter: string | null = null;
  /** What the dead process would still have written. */
  #isDead = false;
  board: AlertBoard;
  sender: NotificationSender;
  readonly options: SceneOptions;

  constructor(options: SceneOptions = {}) {
    this.options = options;
    this.board = new AlertBoard();
    this.sender = this.createSender();
  }

  /** As after kill -9: what was not stored is gone. */
  restart(): void {
    this.#isDead = false;
    this.killsAfter = null;
    this.board = new AlertBoard(structuredClone([...this.stored.values()]));
    this.sender = this.createSender();
  }

  observe(target: string, holds: boolean | null, over: Partial<Observation> = {}): void {
    this.board.observe({
      kind: "threshold",
      target,
      rule: "http/slow",
      tier: "P2",
      labels: {},
      identity: {},
      atMs: this.nowMs,
      holds,
      clears: holds === null ? null : !holds,
      values: {},
      reason: holds === true ? "latency_ms = 400 > 300" : "latency_ms = 100, not > 300",
      summary: null,
      finding: null,
      forMs: 0,
      keepFiringForMs: 0,
      minSamples: 1,
      ...over,
    });
  }

  down(target: string, holds: boolean, over: Partial<Observation> = {}): void {
    this.observe(target, holds, { kind: "availability", rule: "tcp/unreachable", tier: "P1", ...over });
  }

  /** Turns the clock in steps, sending what is due at each. */
  async pass(ms: number, stepMs = 5000): Promise<void> {
    const until = this.nowMs + ms;
    await this.#send();
    while (this.nowMs < until) {
      this.nowMs = Math.min(until, this.nowMs + stepMs);
      await this.#send();
    }
  }

  /** "receiver: state target…" of what was sent, and forgets it. */
  takeSent(): string[] {
    const lines = this.sent.map(({ receiver, state, reminder, alerts, folded, insteadOf }) => {
      const who = alerts
        .map(({ target, state: each }) => (each === state ? target : `${target} ${each}`))
        .sort();
      const more = folded > 0 ? ` +${folded}` : "";
      return `${receiver}${insteadOf === null ? "" : ` for ${insteadOf}`}: ${reminder ? "still " : ""}${state} ${who.join(" ")}${more}`;
    });
    this.sent.length = 0;
    return lines;
  }

  async #send(): Promise<void> {
    const { done } = await this.sender.send(new AbortController().signal);
    await done;
    if (this.#isDead) this.restart();
  }

  createSender(over: { clock?: Clock; onDeliver?: () => Promise<void> } = {}): NotificationSender {
    const { options } = this;
    const receivers = options.receivers ?? [receiver("ops")];
    const notifiers = new Map(
      receivers.map(({ name }) => [name, this.#createNotifier(name, over.onDeliver)]),
    );
    const clock: Clock = over.clock ?? {
      wallMs: () => this.nowMs,
      monotonicMs: () => this.nowMs,
      sleep: async () => {},
    };
    return new NotificationSender({
      board: this.board,
      config: () => ({
        routes: options.routes ?? [route()],
        maintenance: options.maintenance ?? [],
        receivers,
      }),
      notifiers: () => notifiers,
      graph: {
        dependsOn: (target) => options.dependsOn?.[target] ?? [],
        lookedAtMs: (target) => this.board.lookedAtMs(target),
      },
      clock,
      patrol: "test",
      redactor: passThrough,
      save: async ({ alerts, events }) => {
        if (this.#isDead) return;
        if (this.storeFails) throw new Error("disk full");
        for (const state of alerts) this.stored.set(state.id, state);
        this.events.push(...events);
      },
    });
  }

  #createNotifier(name: string, onDeliver: (() => Promise<void>) | undefined): Notifier {
    const { limits, refreshMs } = this.options;
    return {
      name,
      limits: { messages: 18, perMs: MINUTE, maxBytes: 4096, maxAlerts: 20, ...limits },
      refreshMs: refreshMs?.[name] ?? null,
      plan: () => `tell ${name}`,
      deliver: async (notification) => {
        if (this.#isDead) return { outcome: "retry", reason: "it is dead", afterMs: null };
        this.attempts.push({ receiver: name, atMs: this.nowMs });
        const failure = this.failing.get(name);
        await onDeliver?.();
        if (failure !== undefined) return failure;
        this.sent.push(notification);
        if (this.killsAfter === name) this.#isDead = true;
        return { outcome: "delivered" };
      },
    };
  }
}
