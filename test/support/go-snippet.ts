import type { SourceFrame } from "../../src/source/go-sources.ts";

export interface GoSnippet {
  files: Map<string, string>;
  /** From the marks, leaf first. */
  frames: SourceFrame[];
  /** Lines that other marks stand on, as "file:line", by the word of the mark. */
  marks: Map<string, string>;
}

/**
 * Go files with marks in comments at the end of lines: `//@0 main.(*Store).Put` makes that line frame 0 (the leaf),
 * `//@1 …` its caller, and any other word (`//@store`) names the line for the test. A line may have several marks.
 *
 * One file is called "main.go" and gets a package clause if it has none; several begin with `-- path --` lines.
 */
export function goSnippet(source: string): GoSnippet {
  const files = new Map<string, string>();
  const frames: SourceFrame[] = [];
  const marks = new Map<string, string>();
  for (const { path, text } of splitFiles(source)) {
    files.set(path, text);
    text.split("\n").forEach((content, index) => {
      for (const mark of content.split("//@").slice(1)) {
        const [word = "", name = ""] = mark.trim().split(/\s+/);
        if (/^\d+$/.test(word)) {
          frames[Number(word)] = { function: name, file: `/build/src/${path}`, line: index + 1 };
        } else {
          marks.set(word, `${path}:${index + 1}`);
        }
      }
    });
  }
  return { files, frames, marks };
}

function splitFiles(source: string): { path: string; text: string }[] {
  const parts = source.split(/^-- (\S+) --\n/m);
  if (parts.length === 1) {
    const text = source.replace(/^\n/, "");
    return [{ path: "main.go", text: /^package /m.test(text) ? text : `package main\n\n${text}` }];
  }
  const files: { path: string; text: string }[] = [];
  for (let i = 1; i + 1 < parts.length; i += 2) files.push({ path: parts[i]!, text: parts[i + 1]! });
  return files;
}
