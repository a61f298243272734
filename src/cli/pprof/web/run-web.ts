import type { TimeZone } from "../../../pprof/go-format.ts";
import { profilePageScript } from "../../../web/profile/profile-page-script.ts";
import { UsageError } from "../../exit-code.ts";
import { readVersion } from "../../version.ts";
import type { PprofCommand } from "../flags.ts";
import { openSources } from "../sources.ts";
import { answerPage } from "./answer-page.ts";
import { ProfileSets } from "./profile-sets.ts";
import { rememberAnswers } from "./remember-answers.ts";
import { isLoopback, parseListenPlace, startWebServer } from "./web-server.ts";

/** `gopatrol pprof web`: serves pages of a profile until Ctrl-C. @throws UsageError, PprofError, CaptureError */
export async function runWeb(
  command: PprofCommand,
  zone: TimeZone,
  warn: (message: string) => void,
): Promise<void> {
  if (command.sources.length === 0) throw new UsageError("no profile source specified.");
  const place = parseListenPlace(command.http);
  const sources = await openSources(command, warn, { everySample: true });
  const sets = new ProfileSets(sources, command);
  // What is wrong with a source is told here.
  sets.forSides({ profile: sets.initial, base: "" });
  const view = {
    sets,
    options: command.options,
    zone,
    gopatrolVersion: await readVersion(),
    script: profilePageScript(),
    warn,
  };
  // Source files are edited while their page is open.
  const answer = rememberAnswers(
    (url) => answerPage(view, url),
    ({ pathname }) => !/\/(source|download)$/.test(pathname),
  );
  const server = await startWebServer(place, answer, warn);
  process.stdout.write(`Serving web UI on ${server.url}\n`);
  if (!isLoopback(place.host)) {
    warn(
      "Whoever reaches this address can read the profile, and the source files that it names. Without -http only this machine can.",
    );
  }
  if (process.stdout.isTTY === true) warn("Ctrl-C ends it.");
  // By the time that somebody has opened the address, its first page is made.
  setImmediate(() => {
    answer(new URL("/ui/flamegraph", server.url)).catch(() => {});
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  process.once("SIGINT", () => end());
  process.once("SIGTERM", () => end());
  await ended;
  await server.close();
}
