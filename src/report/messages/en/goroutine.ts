import type { GoroutineStatements } from "../../../findings/statements/goroutine.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { oneIn, state } from "./words.ts";

export const goroutine: WordingOf<GoroutineStatements> = {
  "headline-goroutines-blocked": (v) =>
    `Goroutines pile up ${state(v.state)} in ${at(v.site)}: ${q(v.rate)} and none returns.`,
  "goroutines-grew": (v) =>
    `Goroutines at this line rose from ${q(v.from)} to ${q(v.to)} over ${q(v.span)} (${q(v.samples)} samples; by chance 1 time in ${oneIn(v.chance.value)}).`,
  "goroutines-survive": (v) =>
    `${q(v.share)} of the goroutines seen early in the window are still there at its end, by id.`,
  "goroutines-leave": (v) =>
    `Only ${q(v.share)} of the goroutines seen early are still there: some do get through.`,
  "goroutines-waited": (v) => `The longest has waited for ${q(v.minutes)}.`,
  "goroutines-leaked": (v) =>
    `The runtime itself marks ${q(v.count)} of them as leaked: unreachable and blocked for good.`,
  "goroutines-created": (v) => `They are started by ${at(v.site)}.`,
  "source-blocks": (v) => `Source: they stop at \`${v.text}\`.`,
  "source-channel-made": (v) =>
    `Source: the channel is made at ${at(v.site)}, ${v.text === "" || v.text === "0" ? "without a buffer" : `with a buffer of ${v.text}`}.`,
  "source-select-without-done": () => "Source: the select has no case for ctx.Done(), a time-out or default.",
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
};
