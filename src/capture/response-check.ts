/** What an answer must look like for its bytes to be kept as evidence. */
export type Expectation =
  | "index"
  | "protobuf"
  | "heap-text"
  | "goroutine-dump"
  | "json"
  | "metrics"
  | "symbols"
  | "plain";

const HEAD_BYTES = 1024;
const decoder = new TextDecoder();

/**
 * Says what an answer is instead of what was expected, or undefined if it will do. Looks at the first bytes only:
 * decoding is the analysis's part, but a log-in page must not end up in a bundle as a heap profile.
 */
export function findMismatch(expectation: Expectation, bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "an empty answer";
  const text = decoder.decode(bytes.subarray(0, HEAD_BYTES)).trimStart();
  const instead = describeHead(text, bytes);
  switch (expectation) {
    case "index":
      return isGoIndex(bytes) ? undefined : instead;
    case "protobuf":
      return isGzip(bytes) || (bytes[0] === SAMPLE_TYPE_TAG && bytes.length > 1 && !isPrintable(text))
        ? undefined
        : instead;
    case "heap-text":
      return text.startsWith("heap profile: ") ? undefined : instead;
    case "goroutine-dump":
      return text.startsWith("goroutine ") ? undefined : instead;
    case "json":
      return text.startsWith("{") ? undefined : instead;
    case "metrics":
      return /^(#|[a-zA-Z_:])/.test(text) ? undefined : instead;
    case "symbols":
      return text.startsWith("num_symbols:") ? undefined : instead;
    case "plain":
      return text.startsWith("<") ? instead : undefined;
  }
}

/** Field 1, length-delimited: what Go writes first. Go compresses, but a proxy may have undone that. */
const SAMPLE_TYPE_TAG = 0x0a;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isPrintable(text: string): boolean {
  return !/[^\t\n\r -~]/.test(text);
}

function isGoIndex(bytes: Uint8Array): boolean {
  const page = decoder.decode(bytes.subarray(0, 16 * 1024));
  return page.includes("/debug/pprof/") && page.includes("Types of profiles available");
}

function describeHead(text: string, bytes: Uint8Array): string {
  if (/^<(!doctype|html|head|body)/i.test(text)) return "an HTML page";
  if (text.startsWith("<")) return "XML";
  if (isGzip(bytes)) return "compressed data";
  if (text.startsWith("{") || text.startsWith("[")) return "JSON";
  if (!isPrintable(text)) return "binary data";
  return `the text ${JSON.stringify((text.split("\n", 1)[0] ?? "").slice(0, 60))}`;
}

/** How many goroutines Go's index page counts, or undefined. All releases print `<td>N</td><td><a href='goroutine…`. */
export function findGoroutineCount(index: Uint8Array): number | undefined {
  const match = /<td>(\d{1,12})<\/td><td><a href='goroutine\?/.exec(
    decoder.decode(index.subarray(0, 64 * 1024)),
  );
  return match === null ? undefined : Number(match[1]);
}

/** Whether Go's index page has a profile of that name. */
export function listsProfile(index: Uint8Array, name: string): boolean {
  return decoder.decode(index.subarray(0, 64 * 1024)).includes(`<a href='${name}?`);
}
