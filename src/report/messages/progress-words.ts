import type { Language } from "./language.ts";
import type { LanguageTag } from "./language-tag.ts";

/** What is said while a command works: the little of a language that need not wait for the words of all findings. */
export type ProgressWords = Pick<Language, "labels" | "foreign">;

export async function loadProgressWords(tag: LanguageTag): Promise<ProgressWords> {
  if (tag === "en") {
    const { labels } = await import("./en/labels.ts");
    return { labels, foreign: (text) => text };
  }
  const [{ labels }, { translate }] = await Promise.all([
    import("./zh/labels.ts"),
    import("./zh/translate.ts"),
  ]);
  return { labels, foreign: translate };
}
