import type { Command } from "commander";

/** For the list of commands alone: `bin/gopatrol` hands `pprof` to `pprof/main.ts` before this is loaded. */
export function addPprofCommand(program: Command): void {
  program
    .command("pprof")
    .description(
      "show a profile as go tool pprof does: top, tree, peek, list, traces, tags, raw, dot, flame, web …",
    )
    .argument("[view]", "without it, a session of commands")
    .argument("<source...>", "profiles, URLs, bundles")
    .allowUnknownOption()
    .helpOption(false)
    .action(async () => {
      const { main } = await import("./main.ts");
      await main(program.args);
    });
}
