import type { Command } from "commander";
import { addCheckConfigCommand } from "./check-config-command.ts";
import { addWhyCommand } from "./why-command.ts";

/** `gopatrol patrol`, the daemon's commands. */
export function addPatrolCommand(program: Command): void {
  const patrol = program
    .command("patrol")
    .description("inspect a fleet on a schedule, and tell the right people once");
  addCheckConfigCommand(patrol);
  addWhyCommand(patrol);
}
