import type { GoroutineStatements } from "../../../findings/statements/goroutine.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { oneIn, state } from "./words.ts";

export const goroutine: WordingOf<GoroutineStatements> = {
  "headline-goroutines-blocked": (v) =>
    `Goroutines pile up ${state(v.state)} in ${at(v.site)}: ${q(v.rate)} and none returns.`,
  "headline-goroutines-started": (v) =>
    `Goroutines of ${at(v.entry)} pile up ${state(v.state)}: ${q(v.rate)} and none returns. The program has them started in ${at(v.site)}.`,
  "headline-lock-held": (v) =>
    `Goroutines pile up waiting for a lock in ${at(v.site)}: ${q(v.rate)}. It is held in ${at(v.holder)}, by a goroutine that is ${state(v.state)}.`,
  "lock-taken": (v) =>
    `Source: \`${v.text}\` at ${at(v.site)} takes the lock, and nothing has released it there.`,
  "lock-holder-waits": (v) => `Its holder is in the dump: ${state(v.state)} in ${at(v.site)}.`,
  "headline-stack-deep": (v) =>
    `Goroutine stacks take ${q(v.bytes)}: ${at(v.site)} calls itself very deep, in ${q(v.goroutines)} goroutines at a time.`,
  "headline-stack-wide": (v) =>
    `Goroutine stacks take ${q(v.bytes)}: those of ${at(v.site)} (${q(v.goroutines)} goroutines) are wide.`,
  "headline-stack-many": (v) =>
    `Goroutine stacks take ${q(v.bytes)}: there are very many, ${q(v.goroutines)} of them in ${at(v.site)}.`,
  "stack-share": (v) =>
    `${q(v.bytes)} are stacks, ${q(v.share)} of stacks and heap objects together: ${q(v.each)} for each of ${q(v.goroutines)} goroutines.`,
  "stack-frames-elided": (v) =>
    `Go prints ${q(v.frames)} frames of a stack; ${q(v.goroutines)} goroutines here have more.`,
  "stack-recursion": (v) => `${q(v.times)} of the ${q(v.frames)} frames printed are ${at(v.site)}.`,
  "source-wide-local": (v) =>
    `Source: \`${v.text}\` at ${at(v.site)} is ${q(v.bytes)} on the stack of everybody who calls it, for as long as the goroutine lives until a collection shrinks it.`,
  "fix-stack-deep": () =>
    "Walk the structure in a loop with a slice of what is still to do, or bound the depth: a stack doubles when it is full and shrinks only in a collection that finds three quarters of it unused.",
  "fix-stack-wide": () =>
    "Take the large array from the heap: a slice made once for each worker, or a sync.Pool; and do not wait for anything while it is on the stack.",
  "fix-stack-many": () =>
    "Bound their number: a pool of workers, a semaphore, or one goroutine that serves many (a timer wheel, one reader for a batch).",
  "goroutines-grew": (v) =>
    `Goroutines at this line rose from ${q(v.from)} to ${q(v.to)} over ${q(v.span)} (${q(v.samples)} samples; by chance 1 time in ${oneIn(v.chance.value)}).`,
  "goroutines-survive": (v) =>
    `${q(v.share)} of the goroutines seen in two samples early in the window are still there at its end, by id.`,
  "goroutines-leave": (v) =>
    `Only ${q(v.share)} of the goroutines seen in two samples early on are still there: some do get through.`,
  "goroutines-waited": (v) => `The longest has waited for ${q(v.minutes)}.`,
  "goroutines-leaked": (v) =>
    `The runtime itself marks ${q(v.count)} of them as leaked: unreachable and blocked for good.`,
  "goroutines-created": (v) => `They are started by ${at(v.site)}.`,
  "goroutines-cost": (v) =>
    `Each holds ${q(v.stack)} of stack${v.heap.value > 0 ? ` and ${q(v.heap)} of heap` : ""}: ${q(v.rate)}, ${q(v.perDay)} a day.`,
  "goroutines-fill-limit": (v) =>
    `They alone fill what is left of the limit of ${q(v.limit)} in ${q(v.time)}.`,
  "source-blocks": (v) => `Source: they stop at \`${v.text}\`.`,
  "source-channel-made": (v) =>
    `Source: the channel is made at ${at(v.site)}, ${v.text === "" || v.text === "0" ? "without a buffer" : `with a buffer of ${v.text}`}.`,
  "source-select-without-done": () => "Source: the select has no case for ctx.Done(), a time-out or default.",
  "source-no-deadline": (v) =>
    `Source: neither ${at(v.site)} nor its callers on this stack set a deadline or time-out.`,
  "source-deadline": (v) =>
    `Source: there is a deadline, \`${v.text}\` at ${at(v.site)}; it is renewed, too long, or not for this operation.`,
  "source-loop-endless": (v) =>
    `Source: nothing ends the loop around it, \`${v.text}\` at ${at(v.site)}: no condition, return or break.`,
  "source-loop-ends-by-context": (v) =>
    `Source: the loop around it, \`${v.text}\` at ${at(v.site)}, looks at a context; that context is not cancelled, or the sleep is not cut short by it.`,
  "source-loop-ends-by-condition": (v) =>
    `Source: the loop around it, \`${v.text}\` at ${at(v.site)}, ends by a condition of its own alone, which is not met.`,
  "source-no-done": (v) => `Source: nothing in the package calls Done on \`${v.text}\`.`,
  "source-done": (v) =>
    `Source: \`${v.text}\` at ${at(v.site)} is to end the wait; some path does not reach it.`,
  "source-no-signal": (v) => `Source: nothing in the package calls Signal or Broadcast on \`${v.text}\`.`,
  "source-signal": (v) =>
    `Source: \`${v.text}\` at ${at(v.site)} is to end the wait; some change of the condition does not reach it.`,
  "candidate-leaked": (v) => `The runtime marks ${q(v.count)} of them as leaked.`,
  "candidate-grew": (v) =>
    Number.isNaN(v.stay.value)
      ? `They rose from ${q(v.from)} to ${q(v.to)}.`
      : `They rose from ${q(v.from)} to ${q(v.to)}, and ${q(v.stay)} of the first are still there.`,
  "candidate-many": (v) =>
    `${q(v.count)} at one channel operation; LeakProf's threshold is ${q(v.threshold)}.`,
  "candidate-waits": (v) => `${q(v.count)} of them have waited for ${q(v.minutes)} and more, as the median.`,
  "consequence-stacks": (v) => `${q(v.bytes)} of goroutine stacks.`,
  "consequence-goroutines": (v) => `${q(v.grown)} more goroutines ${state(v.state)} in ${at(v.site)}.`,
  "fix-send-done": () => "Let the sender give up: select on the send and on ctx.Done().",
  "fix-send-buffer": () =>
    "If exactly one value is sent and its reader may have left, make the channel with capacity 1.",
  "fix-receive-close": () =>
    "Close the channel when the last sender is done, on every path out, also on errors.",
  "fix-receive-done": () => "Let the receiver give up: select on the receive and on ctx.Done().",
  "fix-select-done": () =>
    "Add a case for ctx.Done() (or a stop channel), and see that it is cancelled on every path.",
  "fix-lock-scope": () =>
    "Find who holds the lock: look for an Unlock missed on an early return or panic, and use defer Unlock().",
  "fix-lock-holder": () =>
    "Do not send, receive, call out or sleep while holding the lock; copy what is needed and unlock first.",
  "fix-io-deadline": () =>
    "Bound every wait for the network: conn.SetDeadline(time.Now().Add(…)) before each read and write, DialContext with a time-out, requests with a context.",
  "fix-io-close": () =>
    "Close the connection or file when its owner gives up: closing it is what ends a read that is under way.",
  "fix-io-http-server": () =>
    "Serve with an http.Server that has ReadHeaderTimeout, ReadTimeout and IdleTimeout; http.ListenAndServe and a bare Server have none.",
  "fix-io-syscall": () =>
    "Each also holds a thread of the system. Bound what is called: exec.CommandContext for child processes, a time-out for locks and file systems that may hang, a semaphore for the rest.",
  "fix-sleep-context": () =>
    "In place of time.Sleep select on a timer and ctx.Done(), and cancel that context when nobody needs the result any more.",
  "fix-sleep-limit": () =>
    "Give up after a number of tries or a total time, with a growing pause, and let one goroutine retry for all.",
  "fix-waitgroup-done": () =>
    "Make `defer wg.Done()` the first statement of each worker, so that every return and panic is counted.",
  "fix-waitgroup-add": () =>
    "Call Add right before the go statement, once for each worker that is really started; or use errgroup, or WaitGroup.Go of Go 1.25.",
  "fix-cond-signal": () =>
    "Change the condition under the lock and call Broadcast after each change, also on shutdown.",
  "fix-cond-channel": () =>
    "A Cond cannot be waited for with a time-out: a channel in a select with ctx.Done() can.",
};
