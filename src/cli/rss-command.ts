import { type Command, Option } from "commander";
import { addCaptureOptions, type CaptureFlags } from "./capture-options.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";

export interface RssFlags extends CaptureFlags, LanguageFlag {
  format: "text" | "json" | "markdown";
  out?: string;
  save?: string;
}

const EXAMPLES = `
Takes pid:N, the address of a service on this machine, or a bundle that was captured on the service's own. What the
runtime says of its heap (/debug/pprof/heap, /debug/vars, /metrics) divides the Go part; without it that part stays whole.

Examples:
  gopatrol rss pid:4711                                    one process of this machine, for 10 s
  gopatrol rss :6060 --for 5m --every 10s                  which term grows?
  gopatrol rss :6060 --no-gc                               without asking for collections: garbage is left as it is
  gopatrol rss pid:4711 --format json | jq '.kernel.rss.terms[] | select(.growing)'
  gopatrol rss incident.tar.gz --format markdown           of a bundle, for the ticket

In a container, or for another user's process, run it as that user, as root, or with CAP_SYS_PTRACE (kubectl debug with
--target shares the process namespace).

Exit codes: 0 explained, 2 wrong usage, 3 there is nothing to explain.`;

export function addRssCommand(program: Command, version: string): void {
  const command = program
    .command("rss")
    .description("explain every byte of a process's resident set, and what the cgroup holds beside it")
    .argument("[target...]", "pid:N, a service of this machine, or a bundle");
  addCaptureOptions(command, {
    for: { ms: 10_000, text: "10s" },
    every: { ms: 2_000, text: "2s" },
  })
    .addOption(
      new Option("--format <format>", "of the report").choices(["text", "json", "markdown"]).default("text"),
    )
    .addOption(languageOption("of the report"))
    .option("-o, --out <file>", "write the report to a file")
    .option("--save <bundle>", "keep the evidence: a directory, or a file ending in .tar.gz")
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: RssFlags) => {
      const { runRss } = await import("./run-rss.ts");
      process.exitCode = await runRss(words, flags, version);
    });
}
