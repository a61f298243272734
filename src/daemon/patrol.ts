import { setMaxListeners } from "node:events";
import type { Clock } from "../lib/clock.ts";
import type { AlertState } from "../patrol/alert.ts";
import { AlertBoard } from "../patrol/alerting/alert-board.ts";
import { alertId } from "../patrol/alerting/alert-id.ts";
import { judgeFinding, judgeResult, PATROL_TARGET } from "../patrol/alerting/judge.ts";
import type { Observation } from "../patrol/alerting/observation.ts";
import type { Check, CheckContext, CheckKind, CheckResult } from "../patrol/check.ts";
import type { PatrolConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { PatrolActivity } from "../patrol/exporter/patrol-activity.ts";
import type { Log } from "../patrol/log.ts";
import type { Notifier } from "../patrol/notification.ts";
import { NotificationSender } from "../patrol/notifying/notification-sender.ts";
import { ResilientRunner } from "../patrol/resilience/resilient-runner.ts";
import { BatchWriter } from "../patrol/run/batch-writer.ts";
import { FindingBook } from "../patrol/run/finding-book.ts";
import type { PermissionFacts } from "../patrol/run/permission.ts";
import type { PrecheckFacts } from "../patrol/run/precheck.ts";
import { buildMissedRun, executeRun, type RunJudge, type RunPorts } from "../patrol/run/run-life.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import { HeavyCaptures, InFlight } from "../patrol/schedule/in-flight.ts";
import type { Lane } from "../patrol/schedule/lane.ts";
import { OverheadBudget } from "../patrol/schedule/overhead-budget.ts";
import { type MissReason, Scheduler, type SlotEvent } from "../patrol/schedule/scheduler.ts";
import { Suspects } from "../patrol/schedule/suspects.ts";
import type { Sink } from "../patrol/sink.ts";
import type { Redactor } from "../redact/redactor.ts";
import { sweepCaptures } from "../store/captures/sweep-captures.ts";
import type { RawCaptures } from "../store/raw-captures.ts";
import type { Store } from "../store/store.ts";
import type { AuditFile } from "./audit-file.ts";
import { AuditTrail } from "./audit-trail.ts";
import { BaseProfiles } from "./base-profiles.ts";
import { ClockSteps } from "./clock-steps.ts";
import { Generation, isHeavy } from "./generation.ts";
import { Lateness } from "./lateness.ts";
import { OverdueWatch } from "./overdue-watch.ts";
import { PatrolNotices } from "./patrol-notices.ts";
import { RunGate } from "./run-gate.ts";
import { TargetStates } from "./target-states.ts";
import { TrendWatch } from "./trend-watch.ts";

/** What a configuration brings of the outside world; a reload exchanges it. */
export interface Outlets {
  redactor: Redactor;
  sinks: Sink[];
  notifiers: ReadonlyMap<string, Notifier>;
}

export interface PatrolParts {
  clock: Clock;
  log: Log;
  version: string;
  /** Shown as the patrol's name where the configuration has none. */
  host: string;
  actor: string;
  store: Store;
  captures: RawCaptures;
  checkOf(kind: CheckKind): Check;
  secret: CheckContext["secret"];
  permissionFacts(config: PatrolConfig): Promise<PermissionFacts>;
  machineFacts(
    config: PatrolConfig,
  ): Promise<Pick<PrecheckFacts, "freeDisk" | "loadPerCore" | "ownRssBytes">>;
  random(): number;
  /** Besides the store's own log; null if none is wanted. */
  auditFile: AuditFile | null;
}

type RunTrigger = RunRecord["trigger"];
type Start = Extract<SlotEvent, { kind: "start" }>;

const HOUSEKEEPING_MS = 10_000;
const COMPACT_MS = 3_600_000;
const STAGE_TIMEOUT_MS = 30_000;
/** The loop wakes at least so often, so that a clock that is set is noticed. */
const LONGEST_SLEEP_MS = 1_000;
/** What is under way after it was abandoned gets this long to say so. */
const LAST_WORD_MS = 3_000;

/** One patrol at work: schedule, runs, judgement, history, notifications. The process around it is run-daemon.ts. */
export class Patrol {
  readonly activity = new PatrolActivity();
  readonly board: AlertBoard;
  readonly budget: OverheadBudget;
  readonly findings: FindingBook;
  readonly heavy: HeavyCaptures;
  readonly inFlight: InFlight;
  readonly runner: ResilientRunner;
  readonly scheduler: Scheduler;
  readonly states = new TargetStates();
  readonly suspects = new Suspects();
  readonly bases: BaseProfiles;
  readonly startedMs: number;
  readonly missedSlots: Partial<Record<MissReason, number>> = {};
  readonly lateness = new Lateness();
  readonly audit: AuditTrail;
  readonly notices: PatrolNotices;
  readonly overdueWatch: OverdueWatch;
  targets = new Map<string, TargetConfig>();
  generation: Generation;
  outlets: Outlets;
  /** As last measured; null before. */
  storeBytes: number | null = null;
  /** Why the configuration that is written down is not the one in use. */
  reloadProblem: string | null = null;

  readonly #parts: PatrolParts;
  readonly #previous = new Map<string, CheckResult>();
  readonly #sender: NotificationSender;
  readonly #writer: BatchWriter;
  readonly #trends: TrendWatch;
  readonly #runs = new Map<Promise<unknown>, AbortController>();
  readonly #end = new AbortController();
  #wake = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #sending: Promise<void> = Promise.resolve();
  readonly #gate: RunGate;
  readonly #clockSteps = new ClockSteps();
  #housekeptMs = Number.NEGATIVE_INFINITY;
  #compactedMs: number;
  /** When the loop last came round, by the steady clock: what the watchdog asks. */
  aliveMs: number;

  /** Reads what earlier processes left; starts nothing. */
  static async open(parts: PatrolParts, config: PatrolConfig, outlets: Outlets): Promise<Patrol> {
    const [findings, alerts, latest] = await Promise.all([
      parts.store.findings(null, "open"),
      parts.store.alertStates(),
      parts.store.latestMetrics(),
    ]);
    const patrol = new Patrol(parts, config, outlets, new FindingBook(findings), alerts);
    for (const { target, values } of latest) patrol.states.restore(target, values);
    for (const state of alerts) {
      if (state.kind === "threshold" || state.kind === "finding") {
        patrol.suspects.noteRule(state.target, state.id, state.phase);
      }
    }
    return patrol;
  }

  private constructor(
    parts: PatrolParts,
    config: PatrolConfig,
    outlets: Outlets,
    findings: FindingBook,
    alerts: readonly AlertState[],
  ) {
    const { clock, log } = parts;
    const board = new AlertBoard(alerts);
    this.#parts = parts;
    this.outlets = outlets;
    this.findings = findings;
    this.board = board;
    this.audit = new AuditTrail({
      store: parts.store,
      file: parts.auditFile,
      actor: parts.actor,
      clock,
      log,
      redactor: { value: (value) => this.outlets.redactor.value(value) },
      onEntry: () => this.activity.auditEntries++,
    });
    this.notices = new PatrolNotices(alerts, { board, clock, log, onChange: () => this.#sender.wake() });
    this.overdueWatch = new OverdueWatch(board, alerts);
    this.#gate = new RunGate({
      clock,
      board,
      notices: this.notices,
      audit: this.audit,
      permissionFacts: parts.permissionFacts,
      machineFacts: parts.machineFacts,
      clockStepMs: () => this.#clockSteps.stepMs,
      memoryShareOf: (target) => this.states.memoryShareOf(target),
    });
    this.startedMs = clock.wallMs();
    this.#compactedMs = this.startedMs;
    this.aliveMs = clock.monotonicMs();
    this.generation = new Generation(config, this.startedMs);
    this.scheduler = new Scheduler(this.startedMs);
    this.inFlight = new InFlight(config.budget.checksInFlight);
    this.heavy = new HeavyCaptures(config.budget.heavyInFlight);
    this.budget = new OverheadBudget(config.budget);
    this.runner = new ResilientRunner(clock, parts.random);
    this.bases = new BaseProfiles(parts.captures, log);
    this.#trends = new TrendWatch(parts.store, this.suspects);
    this.#writer = new BatchWriter((batch) => parts.store.write(batch), clock);
    this.#sender = new NotificationSender({
      board,
      config: () => this.generation.config,
      notifiers: () => this.outlets.notifiers,
      graph: {
        dependsOn: (target) => this.targets.get(target)?.dependsOn ?? [],
        lookedAtMs: (target) => board.lookedAtMs(target),
      },
      clock,
      patrol: this.name,
      redactor: {
        text: (t) => this.outlets.redactor.text(t),
        value: (v) => this.outlets.redactor.value(v),
        counts: {},
      },
      save: (changes) => this.#writer.write(changes, { urgent: true }),
      onAttempt: (attempt) => {
        const result =
          attempt.outcome === "delivered"
            ? { outcome: "delivered" as const }
            : attempt.outcome === "retry"
              ? { outcome: "retry" as const, reason: attempt.reason ?? "", afterMs: null }
              : { outcome: "rejected" as const, reason: attempt.reason ?? "" };
        this.activity.recordDelivery(attempt.receiver, result, 0);
        const { receiver, outcome, alerts, reason, notification } = attempt;
        if (outcome !== "delivered")
          log.warn("a notification was not delivered", { receiver, outcome, reason });
        this.audit.add("notify", { receiver, outcome, alerts, reason, notification });
      },
    });
    setMaxListeners(0, this.#end.signal);
  }

  get name(): string {
    return this.generation.config.name ?? this.#parts.host;
  }

  get version(): string {
    return this.#parts.version;
  }

  get nowMs(): number {
    return this.#parts.clock.wallMs();
  }

  get storeProblem(): string | null {
    return this.#writer.problem;
  }

  /** Alerts that a receiver should know of by now and does not, by receiver. */
  owedNotifications(): Map<string, number> {
    const owed = new Map<string, number>();
    for (const { name } of this.generation.config.receivers) owed.set(name, 0);
    for (const { notified } of this.board.states) {
      for (const [receiver, { state }] of Object.entries(notified))
        if (state === "owed") owed.set(receiver, (owed.get(receiver) ?? 0) + 1);
    }
    return owed;
  }

  get paused(): boolean {
    return this.scheduler.paused;
  }

  get runsInFlight(): number {
    return this.#runs.size;
  }

  /**
   * The targets that there are now; `aliveUntilMs`: until when an earlier process took care of those it knew. Slots
   * since then are owed.
   */
  async setTargets(targets: readonly TargetConfig[], aliveUntilMs: number | null = null): Promise<void> {
    const { clock, store } = this.#parts;
    const nowMs = clock.wallMs();
    const known = aliveUntilMs === null ? [] : await store.targets();
    const lastSeen = new Map(known.map(({ id, firstSeenMs }) => [id, firstSeenMs]));
    const before = this.targets;
    this.targets = new Map(targets.map((target) => [target.id, target]));
    this.scheduler.replace(
      targets.map((target) => ({
        id: target.id,
        lanes: this.generation.lanesOf(target),
        sinceMs: lastSeen.has(target.id) && aliveUntilMs !== null ? Math.min(aliveUntilMs, nowMs) : nowMs,
      })),
      nowMs,
    );
    const isWanted = (target: string) => this.targets.has(target);
    for (const each of [this.states, this.suspects, this.budget, this.bases, this.#trends])
      each.retain(isWanted);
    for (const key of this.#previous.keys())
      if (!isWanted(key.slice(0, key.indexOf("\n")))) this.#previous.delete(key);
    this.runner.breakers.keepOnly((key) => isWanted(key.slice(0, key.indexOf("\n"))));
    this.board.retire(
      ({ target }) =>
        target === PATROL_TARGET || isWanted(target) ? null : "the target is no longer patrolled",
      nowMs,
    );
    const isNew = ({ id, address, labels }: TargetConfig) => {
      const old = before.get(id);
      return (
        old === undefined || old.address !== address || JSON.stringify(old.labels) !== JSON.stringify(labels)
      );
    };
    const rows = targets.filter(isNew).map(({ id, address, labels }) => ({
      id,
      address,
      labels,
      firstSeenMs: lastSeen.get(id) ?? nowMs,
      lastSeenMs: nowMs,
    }));
    this.#keep({ targets: rows });
    this.#rouse();
  }

  start(): void {
    const { signal } = this.#end;
    void this.bases.load(signal);
    this.#loop = this.#turn();
    this.#sending = this.#sender.run(signal);
  }

  async #turn(): Promise<void> {
    const { clock, log } = this.#parts;
    while (!this.#end.signal.aborted) {
      const nowMs = clock.wallMs();
      this.aliveMs = clock.monotonicMs();
      this.#clockSteps.note(nowMs, this.aliveMs);
      try {
        for (const event of this.scheduler.advance(nowMs)) this.#take(event);
        if (this.aliveMs - this.#housekeptMs >= HOUSEKEEPING_MS) this.#keepHouse(nowMs);
      } catch (error) {
        log.error("a fault of gopatrol's own in the schedule", { error });
      }
      const sleepMs = Math.min(
        LONGEST_SLEEP_MS,
        Math.max(1, this.scheduler.nextWakeMs(nowMs) - clock.wallMs()),
      );
      const either = AbortSignal.any([this.#end.signal, this.#wake.signal]);
      await clock.sleep(sleepMs, either);
    }
  }

  #rouse(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  #take(event: SlotEvent): void {
    const { log } = this.#parts;
    if (event.kind === "stepped-back") {
      log.warn("the clock was set back: the schedule begins anew", { by_ms: event.byMs });
      this.audit.add("clock", { set_back_ms: event.byMs });
      return;
    }
    const target = this.targets.get(event.target);
    if (event.kind === "start") {
      void this.run(event, "schedule");
      return;
    }
    this.missedSlots[event.reason] = (this.missedSlots[event.reason] ?? 0) + event.count;
    if (target === undefined) return;
    const record = buildMissedRun({ ...event, target }, { ...this.#facts(), clock: this.#parts.clock });
    const run = this.outlets.redactor.value(record);
    this.activity.recordRun(run);
    this.#keep({ runs: [run] });
    for (const sink of this.outlets.sinks) sink.write(run);
  }

  /** Runs a slot now. Resolves with its record, also if it fails; null if its target is gone. */
  run(start: Start, trigger: RunTrigger): Promise<RunRecord | null> {
    const { log } = this.#parts;
    const { lane, slotMs, runId, dueMs } = start;
    const target = this.targets.get(start.target);
    if (target === undefined) {
      this.scheduler.finished(start.target, lane.name, slotMs, false);
      return Promise.resolve(null);
    }
    const abandon = new AbortController();
    setMaxListeners(0, abandon.signal);
    const request = { runId, target, lane, slotMs, dueMs, trigger, signal: abandon.signal };
    const running = executeRun(request, this.#ports(target))
      .then(
        (run) => {
          this.scheduler.finished(target.id, lane.name, slotMs, true);
          this.activity.recordRun(run);
          this.lateness.note(run.latenessMs);
          if (!lane.heavy && run.outcome !== "refused") void this.#lookAtTrend(target.id, lane, slotMs);
          return run;
        },
        (error: unknown) => {
          this.scheduler.finished(target.id, lane.name, slotMs, false);
          log.error("a run ended by a fault of gopatrol's own", { target: target.id, error });
          return null;
        },
      )
      .finally(() => this.#runs.delete(running));
    this.#runs.set(running, abandon);
    return running;
  }

  async #lookAtTrend(target: string, lane: Lane, slotMs: number): Promise<void> {
    try {
      const everyMs = lane.slots.next(slotMs) - slotMs;
      if (lane.level !== "L2" || !Number.isFinite(everyMs)) return;
      if (await this.#trends.look(target, this.generation.trendMetrics, everyMs, this.#parts.clock.wallMs()))
        this.#becameSuspect(target);
    } catch (error) {
      this.#parts.log.warn("a trend could not be looked at", { target, error });
    }
  }

  /** Profiles are taken at once, not at the lane's next slot. */
  #becameSuspect(target: string): void {
    const config = this.targets.get(target);
    if (config === undefined || this.#end.signal.aborted) return;
    this.#parts.log.info("a target became suspect", { target, reasons: this.suspicionsOf(target) });
    for (const lane of this.generation.lanesOf(config)) {
      if (!lane.heavy || lane.keepsBase) continue;
      const start = this.scheduler.trigger(target, lane.name, this.#parts.clock.wallMs());
      if (start !== undefined) void this.run(start, "suspicion");
    }
  }

  /** Why the target is looked at closely, in words; empty if it is not. */
  suspicionsOf(target: string): string[] {
    return this.suspects
      .reasonsOf(target)
      .map(({ kind, name }) =>
        kind === "rule" ? `rule ${this.board.state(name)?.rule ?? name}` : `${name} rises`,
      );
  }

  #facts(): Pick<RunPorts, "patrol" | "version" | "configHash"> {
    return { patrol: this.name, version: this.#parts.version, configHash: this.generation.hash };
  }

  #ports(target: TargetConfig): RunPorts {
    const { clock, secret, checkOf } = this.#parts;
    const { generation, outlets } = this;
    const { config } = generation;
    const metricName = generation.metricNamesOf(target);
    return {
      ...this.#facts(),
      clock,
      metricName,
      permission: () => this.#gate.permission(config),
      configuration: () => this.reloadProblem,
      precheck: (target, lane) => this.#gate.precheck(config, target, lane.heavy),
      refused: (stage, refusals, target) => this.#gate.refused(stage, refusals, target),
      checks: {
        clock,
        isHeavy,
        run: (check, target, context) =>
          this.runner.run({
            check: checkOf(check.kind),
            name: check.name,
            target,
            options: check.options,
            context,
            retries: check.retries,
          }),
        secret,
        baseProfile: (target) => this.bases.baseOf(target),
        keep: (target, captures) => this.bases.keep(target, captures),
        maxTargetMemory: config.precheck.maxTargetMemory,
        inFlight: this.inFlight,
        heavy: this.heavy,
        budget: this.budget,
        isSuspect: (target) => this.suspects.isSuspect(target),
        isPaused: () => this.scheduler.paused,
        previous: this.#previous,
      },
      looked: (target, done) =>
        this.states.note(target.id, done, this.findings.openOf(target.id), metricName, clock.wallMs()),
      findings: this.findings,
      judge: this.#judge(generation),
      redactor: outlets.redactor,
      store: async ({ run, ...history }) =>
        this.#writer.write({ runs: [run], ...history, captures: this.bases.takeRows() }),
      amend: (run) => {
        // Most runs told nobody and have no sink: that was known when they were stored.
        const isMore = run.stages.some(
          ({ stage, outcome }) => (stage === "sinks" || stage === "notify") && outcome !== "skipped",
        );
        if (isMore) this.#keep({ runs: [run] });
      },
      sinks: (run) => {
        const took: string[] = [];
        const dropped: string[] = [];
        for (const sink of outlets.sinks) (sink.write(run) ? took : dropped).push(sink.name);
        return { took, dropped };
      },
      stageTimeoutMs: STAGE_TIMEOUT_MS,
    };
  }

  #judge(generation: Generation): RunJudge {
    return {
      judge: ({ target, checks, findings, atMs }) => {
        const about = { target: target.id, labels: target.labels, atMs };
        const seen: Observation[] = [];
        for (const { config, result } of checks) {
          seen.push(...judgeResult(config, generation.rules.get(config.name) ?? [], about, result));
        }
        // A hint is in the record; nobody is woken for it.
        for (const finding of findings) {
          if (finding.severity !== "info") seen.push(judgeFinding(finding, target.labels));
        }
        const events = seen.flatMap((observation) => this.board.observe(observation));
        this.#noteSuspicion(target.id, seen);
        return { events, unstored: this.board.takeChanges() };
      },
      giveBack: (unstored) => this.board.giveBack(unstored),
      notify: (events) => {
        this.#sender.wake();
        return events.length === 0 ? null : `${events.length} changes of alerts handed over`;
      },
    };
  }

  /** A rule that is about to fire is reason enough to look closely; that the target is down is none. */
  #noteSuspicion(target: string, seen: readonly Observation[]): void {
    let became = false;
    for (const { kind, rule, identity } of seen) {
      if (kind !== "threshold" && kind !== "finding") continue;
      const id = alertId(target, rule, identity);
      became = this.suspects.noteRule(target, id, this.board.state(id)?.phase ?? "inactive") || became;
    }
    if (became) queueMicrotask(() => this.#becameSuspect(target));
  }

  #keepHouse(nowMs: number): void {
    const { log } = this.#parts;
    this.#housekeptMs = this.aliveMs;
    const { run } = this.generation.config;
    const labelsOf = (target: string) => this.targets.get(target)?.labels ?? {};
    if (this.overdueWatch.look(this.scheduler.overdue(nowMs, run.overdueSlots), { run, labelsOf }, nowMs))
      this.#sender.wake();
    this.activity.storeErrors = this.#writer.failures;
    this.#parts.store.sizeBytes().then(
      (bytes) => {
        this.storeBytes = bytes;
      },
      // That the store is away is told by its writes.
      () => {},
    );
    if (this.#writer.problem === null) this.notices.clear("store");
    else this.notices.raise("store", `the store does not take anything: ${this.#writer.problem}`, "P1");
    if (nowMs - this.#compactedMs >= COMPACT_MS) {
      this.#compactedMs = nowMs;
      this.#tidy(nowMs).catch((error: unknown) => log.error("the store could not be tidied", { error }));
    }
  }

  async #tidy(nowMs: number): Promise<void> {
    const { store, captures } = this.#parts;
    await store.compact(nowMs);
    const left = await sweepCaptures(captures, store, this.generation.config.store.retention, nowMs);
    this.bases.bytes = left.bytes;
  }

  /** Another configuration takes the place of this one at once and whole. */
  async apply(config: PatrolConfig, outlets: Outlets, targets: readonly TargetConfig[]): Promise<void> {
    const { clock } = this.#parts;
    const old = this.outlets;
    this.generation = new Generation(config, clock.wallMs());
    this.outlets = outlets;
    this.inFlight.limit = config.budget.checksInFlight;
    this.heavy.limit = config.budget.heavyInFlight;
    this.budget.reconfigure(config.budget);
    this.#gate.forget();
    const names = new Set(config.checks.map(({ name }) => name));
    const nowMs = clock.wallMs();
    this.board.retire(({ kind, rule }) => {
      const check = rule.slice(0, rule.indexOf("/"));
      const isOfCheck = kind === "threshold" || kind === "missing" || kind === "availability";
      return isOfCheck && !names.has(check) ? "the check is no longer configured" : null;
    }, nowMs);
    await this.setTargets(targets);
    const over = AbortSignal.timeout(STAGE_TIMEOUT_MS);
    const left = old.sinks.filter((sink) => !outlets.sinks.includes(sink));
    await Promise.all(left.map((sink) => sink.close(over)));
  }

  /** Nothing new begins; what is under way goes on to its end, with the checks that have not begun left out. */
  pause(): void {
    this.scheduler.pause();
    this.audit.add("pause", { runs_in_flight: this.#runs.size });
  }

  resume(): void {
    this.scheduler.resume(this.#parts.clock.wallMs());
    this.audit.add("resume", {});
    this.#rouse();
  }

  /** All checks of all targets once, each lane at this moment's slot; the records in the end. */
  async runOnce(
    signal: AbortSignal,
    onRun: (run: RunRecord, done: number, all: number) => void,
  ): Promise<RunRecord[]> {
    const nowMs = this.#parts.clock.wallMs();
    const starts: Start[] = [];
    for (const target of this.targets.values()) {
      for (const lane of this.generation.lanesOf(target)) {
        if (lane.keepsBase) continue;
        const start = this.scheduler.trigger(target.id, lane.name, nowMs, { evenIfSoon: true });
        if (start !== undefined) starts.push(start);
      }
    }
    signal.addEventListener("abort", () => this.#abandonAll(), { once: true });
    let done = 0;
    const runs = await Promise.all(
      starts.map(async (start) => {
        const run = await this.run(start, "once");
        if (run !== null) onRun(run, ++done, starts.length);
        return run;
      }),
    );
    return runs.filter((run) => run !== null);
  }

  /** Tells what is due now or will be within `withinMs`; for --once. */
  async sendDue(withinMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const endMs = clock.wallMs() + withinMs;
    while (!signal.aborted) {
      const { nextMs, done } = await this.#sender.send(signal);
      await done;
      if (nextMs === null || nextMs > endMs) return;
      await clock.sleep(Math.max(100, nextMs - clock.wallMs()), signal);
    }
  }

  /** Ends: what is under way may finish within the time, the rest is abandoned and recorded as such. Never rejects. */
  async stop(withinMs: number): Promise<void> {
    const { clock, log } = this.#parts;
    this.#end.abort();
    await this.#loop;
    const patience = new AbortController();
    await Promise.race([this.#allRuns(), clock.sleep(withinMs, patience.signal)]);
    patience.abort();
    if (this.#runs.size > 0) {
      log.warn("runs are abandoned, they did not end in time", { runs: this.#runs.size });
      this.#abandonAll();
      await Promise.race([this.#allRuns(), clock.sleep(LAST_WORD_MS, new AbortController().signal)]);
    }
    await this.#sending;
    this.audit.add("stop", { abandoned: this.#runs.size });
    const unstored = this.board.takeChanges();
    this.#keep({ alerts: unstored.alerts, events: unstored.events });
    await this.#writer.close();
    const over = AbortSignal.timeout(LAST_WORD_MS);
    await Promise.all(
      this.outlets.sinks.map((sink) =>
        sink
          .close(over)
          .catch((error: unknown) => log.error("a sink did not close", { sink: sink.name, error })),
      ),
    );
    await this.audit.settle();
  }

  #abandonAll(): void {
    for (const abandon of this.#runs.values()) abandon.abort();
  }

  async #allRuns(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs.keys());
  }

  /** Written without anybody waiting for it; a failure shows as the store's problem. */
  #keep(parts: Parameters<BatchWriter["write"]>[0]): void {
    this.#writer.write(parts).catch(() => {});
  }
}
