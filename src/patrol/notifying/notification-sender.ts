import type { Clock } from "../../lib/clock.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import type { Redactor } from "../../redact/redactor.ts";
import type { AlertEvent, AlertState } from "../alert.ts";
import { type AlertBoard, toldOf } from "../alerting/alert-board.ts";
import type { PatrolConfig } from "../config/patrol-config.ts";
import type { DeliveryResult, Notifier } from "../notification.ts";
import type { TargetGraph } from "./dependency.ts";
import {
  type MessagePlan,
  type PlannedMessage,
  planMessages,
  type ReceiverCondition,
} from "./plan-messages.ts";

/** After so many failures in a row the receiver's stand-in is told. */
const FAILURES_TO_STAND_IN = 3;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A wrong key does not become right by itself soon; a rotated secret may. */
const REJECTED_PAUSE_MS = 10 * 60_000;
/** What is due is looked for at least so often, whatever the plan says. */
const LONGEST_SLEEP_MS = 30_000;
const LEAST_SLEEP_MS = 100;
/** A service that has not answered by then may have taken the message; it is sent again, as it was, after the start. */
const STOP_WITHIN_MS = 5000;

export interface SenderParts {
  board: AlertBoard;
  /** The one in force: asked anew each time, since it may be reloaded. */
  config(): Pick<PatrolConfig, "routes" | "maintenance" | "receivers">;
  notifiers(): ReadonlyMap<string, Notifier>;
  graph: TargetGraph;
  clock: Clock;
  /** Name of the patrol. */
  patrol: string;
  redactor: Redactor;
  /** Writes to the store, at once; resolves once it would survive a kill. Throws if it cannot: then it is tried again later. */
  save(changes: { alerts: AlertState[]; events: AlertEvent[] }): Promise<void>;
  /** Of each attempt, for metrics and the audit log. */
  onAttempt?(attempt: DeliveryAttempt): void;
}

interface DeliveryAttempt {
  receiver: string;
  notification: string;
  outcome: DeliveryResult["outcome"];
  /** Alerts that it told of. */
  alerts: number;
  /** Of these, those that it counts but does not list. */
  folded: number;
  reason: string | null;
  atMs: number;
}

interface ReceiverRecord {
  failures: number;
  freeAtMs: number;
  sentMs: number[];
  refreshedMs: number | null;
}

/**
 * Sends what `planMessages` finds due, one message at a time to each receiver, and records what was taken.
 *
 * Delivery is at least once: a message counts as sent when the store has it, which is after the service has answered.
 * That it goes out is stored before. A kill between the two, some milliseconds, sends the same message with the same id
 * again, or that its alerts are over if they are by then.
 */
export class NotificationSender {
  readonly #parts: SenderParts;
  readonly #records = new Map<string, ReceiverRecord>();
  readonly #busy = new Set<string>();
  #wake = new AbortController();
  #isStopping = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /**
   * Works until aborted. Messages that are on their way then may finish for a while: a message that was taken and not
   * recorded would be sent again by the next process.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const underway = new Set<Promise<void>>();
    const delivery = new AbortController();
    while (!signal.aborted) {
      // Before looking: what wakes it meanwhile must not be lost.
      this.#wake = new AbortController();
      const woken = AbortSignal.any([signal, this.#wake.signal]);
      const { nextMs, messages, done } = await this.send(delivery.signal);
      if (messages > 0) {
        underway.add(done);
        void done.finally(() => {
          underway.delete(done);
          this.wake();
        });
      }
      const waitMs = nextMs === null ? LONGEST_SLEEP_MS : nextMs - clock.wallMs();
      await clock.sleep(Math.min(Math.max(waitMs, LEAST_SLEEP_MS), LONGEST_SLEEP_MS), woken);
    }
    this.#isStopping = true;
    const finished = new AbortController();
    void clock.sleep(STOP_WITHIN_MS, finished.signal).then(() => delivery.abort());
    await Promise.all(underway);
    finished.abort();
  }

  /** There may be news: look now. */
  wake(): void {
    this.#wake.abort();
  }

  /** Sends what is due. `done` resolves when every message was taken or has failed. */
  async send(signal: AbortSignal): Promise<{ nextMs: number | null; messages: number; done: Promise<void> }> {
    const nowMs = this.#parts.clock.wallMs();
    const plan = this.#plan(nowMs);
    for (const [id, reason] of plan.holds) this.#parts.board.hold(id, reason, nowMs);
    for (const { receiver, ids } of plan.waiting) this.#parts.board.owe(ids, receiver, nowMs, false);
    await this.#save();
    const byReceiver = Map.groupBy(plan.messages, ({ notification }) => notification.receiver);
    const sending = [...byReceiver].map(([receiver, messages]) => this.#sendAll(receiver, messages, signal));
    return {
      nextMs: plan.nextMs,
      messages: plan.messages.length,
      done: Promise.all(sending).then(() => {}),
    };
  }

  /** What would be said now, of which nothing is sent or recorded: for --dry-run. */
  preview(): MessagePlan {
    return this.#plan(this.#parts.clock.wallMs());
  }

  #plan(nowMs: number): MessagePlan {
    const { board, graph, patrol } = this.#parts;
    const config = this.#parts.config();
    const receivers = new Map<string, ReceiverCondition>();
    for (const { name, fallback } of config.receivers) {
      const notifier = this.#parts.notifiers().get(name);
      if (notifier === undefined) continue;
      const { limits, refreshMs } = notifier;
      const record = this.#record(name);
      record.sentMs = record.sentMs.filter((atMs) => atMs > nowMs - limits.perMs);
      receivers.set(name, {
        limits,
        refreshMs,
        fallback,
        failing: record.failures >= FAILURES_TO_STAND_IN,
        freeAtMs: this.#busy.has(name) ? nowMs + 1000 : record.freeAtMs,
        sentMs: record.sentMs,
        refreshedMs: record.refreshedMs,
      });
    }
    return planMessages({ states: board.states, nowMs, config, patrol, graph, receivers });
  }

  async #sendAll(receiver: string, messages: readonly PlannedMessage[], signal: AbortSignal): Promise<void> {
    this.#busy.add(receiver);
    try {
      for (const message of messages) {
        if (this.#isStopping || signal.aborted || !(await this.#sendOne(receiver, message, signal))) return;
      }
    } finally {
      this.#busy.delete(receiver);
    }
  }

  /** Whether the receiver took it; after a failure the rest is planned anew. */
  async #sendOne(receiver: string, message: PlannedMessage, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts;
    const notifier = this.#parts.notifiers().get(receiver);
    if (notifier === undefined) return false;
    const record = this.#record(receiver);
    const { news, repeated, notification } = message;
    const ids = [...news.firing, ...news.resolved, ...(notifier.refreshMs === null ? repeated : [])];
    this.#parts.board.sending(ids, receiver, notification.id, clock.wallMs());
    await this.#save();
    record.sentMs.push(clock.wallMs());
    let result: DeliveryResult;
    try {
      result = await notifier.deliver(this.#redact(message), signal);
    } catch (error) {
      result = {
        outcome: "retry",
        reason: `the notifier failed: ${(error as Error).message}`,
        afterMs: null,
      };
    }
    const nowMs = clock.wallMs();
    this.#parts.onAttempt?.({
      receiver,
      notification: notification.id,
      outcome: result.outcome,
      alerts: notification.alerts.length + notification.folded,
      folded: notification.folded + (result.outcome === "delivered" ? (result.folded ?? 0) : 0),
      reason: result.outcome === "delivered" ? null : result.reason,
      atMs: nowMs,
    });
    if (result.outcome === "delivered") this.#succeed(receiver, record, message, result.folded ?? 0, nowMs);
    else this.#fail(receiver, record, message, result, nowMs);
    await this.#save();
    return result.outcome === "delivered";
  }

  #succeed(
    receiver: string,
    record: ReceiverRecord,
    message: PlannedMessage,
    folded: number,
    nowMs: number,
  ): void {
    const { board } = this.#parts;
    record.failures = 0;
    record.freeAtMs = 0;
    const { alerts } = message.notification;
    // The text may have had less room than the plan: what it cut off is the end of the list.
    const cut = new Set(alerts.slice(alerts.length - folded).map(({ id }) => id));
    const isUnlisted = (id: string): boolean => message.folded.has(id) || (folded > 0 && cut.has(id));
    const tell = (
      ids: readonly string[],
      state: "firing" | "resolved",
      event: "notified" | "repeated",
    ): void => {
      const listed = ids.filter((id) => !isUnlisted(id));
      const unlisted = ids.filter(isUnlisted);
      const told = { state, atMs: nowMs };
      board.told(listed, receiver, told, event, describeTelling(message, state, event));
      board.told(
        unlisted,
        receiver,
        told,
        "folded",
        `counted, not listed, ${describeTelling(message, state, event)}`,
      );
    };
    tell(message.news.firing, "firing", "notified");
    tell(message.news.resolved, "resolved", "notified");
    // A service that must hear of everything every minute would fill the history with nothing.
    if (this.#parts.notifiers().get(receiver)?.refreshMs === null) {
      tell(message.repeated, "firing", "repeated");
    } else {
      record.refreshedMs = nowMs;
    }
  }

  #fail(
    receiver: string,
    record: ReceiverRecord,
    message: PlannedMessage,
    result: Exclude<DeliveryResult, { outcome: "delivered" }>,
    nowMs: number,
  ): void {
    const before = record.failures;
    record.failures = result.outcome === "rejected" ? Math.max(before + 1, FAILURES_TO_STAND_IN) : before + 1;
    const pauseMs =
      result.outcome === "rejected"
        ? REJECTED_PAUSE_MS
        : (result.afterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** Math.min(before, 16), LONGEST_PAUSE_MS));
    record.freeAtMs = nowMs + pauseMs;
    const ids = [...message.news.firing, ...message.news.resolved];
    this.#parts.board.owe([...ids, ...message.repeated], receiver, nowMs, true);
    // The first failure and the change to the stand-in are worth a word; each further attempt is not.
    const changes = before < FAILURES_TO_STAND_IN && record.failures >= FAILURES_TO_STAND_IN;
    if (before > 0 && !changes) return;
    const fallback = this.#parts.config().receivers.find(({ name }) => name === receiver)?.fallback ?? null;
    const then = !changes
      ? `tried again in ${formatQuantity(pauseMs / 1000, "seconds")}`
      : fallback === null
        ? "there is no fallback"
        : `${fallback} is told instead`;
    this.#parts.board.note(ids, "notify-failed", receiver, `${result.reason}; ${then}`, nowMs);
  }

  #redact({ notification }: PlannedMessage): PlannedMessage["notification"] {
    const { redactor } = this.#parts;
    const redacted = redactor.value(notification.alerts);
    return {
      ...notification,
      groupLabels: redactor.value(notification.groupLabels),
      // An id is a hash; a redactor that took it for a number would break deduplication.
      alerts: redacted.map((alert, i) => ({ ...alert, id: notification.alerts[i]!.id })),
    };
  }

  async #save(): Promise<void> {
    const { board } = this.#parts;
    const changes = board.takeChanges();
    if (changes.alerts.length === 0 && changes.events.length === 0) return;
    try {
      await this.#parts.save(changes);
    } catch {
      // A full disk must not keep the alert about it from being sent; the store's owner tells of the failure.
      board.giveBack(changes);
    }
  }

  #record(receiver: string): ReceiverRecord {
    let record = this.#records.get(receiver);
    if (record === undefined) {
      record = { failures: 0, refreshedMs: null, ...this.#findUse(receiver) };
      this.#records.set(receiver, record);
    }
    return record;
  }

  /**
   * A restart must not begin a service's minute anew: when messages were sent is known from what was told. How often
   * it failed is not; after a failure one such span is waited.
   */
  #findUse(receiver: string): Pick<ReceiverRecord, "sentMs" | "freeAtMs"> {
    const times = new Set<number>();
    let triedMs: number | null = null;
    for (const state of this.#parts.board.states) {
      const told = toldOf(state, receiver);
      if (told === null) continue;
      if (told.sending !== undefined) times.add(told.sending.atMs);
      if (told.state !== "owed") times.add(told.atMs);
      if (told.triedMs !== undefined) triedMs = Math.max(triedMs ?? 0, told.triedMs);
    }
    const perMs = this.#parts.notifiers().get(receiver)?.limits.perMs ?? 0;
    return { sentMs: [...times].sort((a, b) => a - b), freeAtMs: triedMs === null ? 0 : triedMs + perMs };
  }
}

function describeTelling(
  { notification, groups }: PlannedMessage,
  state: "firing" | "resolved",
  event: "notified" | "repeated",
): string {
  const { alerts, folded, insteadOf } = notification;
  const count = alerts.length + folded;
  const what = event === "repeated" ? "as still firing" : `as ${state}`;
  const among = count > 1 ? ` in a message of ${count} alerts` : "";
  const why = groups > 1 ? `, ${groups} groups put together to keep the receiver's limit` : "";
  return `${what}${among}${why}${insteadOf === null ? "" : `, instead of ${insteadOf}`}`;
}
