import { createInterface } from "node:readline";
import type { ReadStream } from "node:tty";

/** Where a session's lines come from. */
export interface LineReader {
  /** The next line, or undefined at the end. */
  read: (prompt: string) => Promise<string | undefined>;
  close: () => void;
}

/** Lines of a file or a pipe; the prompt is printed before each, as `go tool pprof` does it. */
export function readPipedLines(input: AsyncIterable<Uint8Array>, print: (text: string) => void): LineReader {
  const chunks = input[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let rest = "";
  let isAtEnd = false;
  return {
    async read(prompt) {
      print(prompt);
      let end = rest.indexOf("\n");
      while (end < 0 && !isAtEnd) {
        const { value, done } = await chunks.next();
        isAtEnd = done === true;
        rest += isAtEnd ? decoder.decode() : decoder.decode(value, { stream: true });
        end = rest.indexOf("\n");
      }
      if (end < 0 && rest === "") return undefined;
      const line = end < 0 ? rest : rest.slice(0, end);
      rest = end < 0 ? "" : rest.slice(end + 1);
      return line;
    },
    close: () => void chunks.return?.(),
  };
}

const MOST_HISTORY_LINES = 1000;

/**
 * Lines typed at a terminal, with editing, history and completion. While a command runs the terminal is as it was, so
 * that Ctrl-C ends the program; at the prompt it empties the line.
 */
export function readTerminalLines(
  input: ReadStream,
  output: NodeJS.WritableStream,
  complete: (line: string) => [string[], string],
): LineReader {
  const readline = createInterface({
    input,
    output,
    terminal: true,
    completer: complete,
    historySize: MOST_HISTORY_LINES,
    removeHistoryDuplicates: true,
  });
  // Several lines come at once where they are pasted.
  const typed: string[] = [];
  let isClosed = false;
  let wake = (): void => {};
  readline.on("line", (line) => {
    typed.push(line);
    wake();
  });
  readline.on("close", () => {
    isClosed = true;
    wake();
  });
  readline.on("SIGINT", () => {
    output.write("^C\n");
    readline.write(null, { ctrl: true, name: "e" });
    readline.write(null, { ctrl: true, name: "u" });
  });
  return {
    async read(prompt) {
      if (typed.length === 0 && !isClosed) {
        input.setRawMode(true);
        readline.setPrompt(prompt);
        readline.prompt();
        await new Promise<void>((done) => {
          wake = done;
        });
        if (!isClosed) {
          readline.pause();
          input.setRawMode(false);
        }
      }
      const line = typed.shift();
      if (line === undefined) output.write("\n");
      return line;
    },
    close: () => readline.close(),
  };
}
