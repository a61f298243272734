import type { Language } from "./messages/language.ts";

/** The command that prints a pattern's page in the report's language. */
export function explainCommand(pattern: string, { tag }: Language): string {
  return `gopatrol explain ${pattern}${tag === "en" ? "" : ` --lang ${tag}`}`;
}
