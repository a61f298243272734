/**
 * What functions of the standard library do with the memory of their arguments, as far as a value's way to its store
 * needs it. From the packages' documentation and, for results that alias, their source in Go 1.26.
 */

/** How the result of a call relates to an argument. */
export type ArgumentFlow =
  /** The result is that memory, or part of it. */
  | "alias"
  /** The result is part of that memory: keeping it keeps all of it. */
  | "part"
  /** The result is a container of parts of that memory. */
  | "parts"
  /** The result holds on to the argument without being part of it: a reader over a buffer. */
  | "holds"
  /** The result has memory of its own, or none. */
  | "copy";

const STRINGS_AND_BYTES: Readonly<Record<string, ArgumentFlow>> = {
  TrimSpace: "part",
  Trim: "part",
  TrimLeft: "part",
  TrimRight: "part",
  TrimPrefix: "part",
  TrimSuffix: "part",
  TrimFunc: "part",
  TrimLeftFunc: "part",
  TrimRightFunc: "part",
  Cut: "part",
  CutPrefix: "part",
  CutSuffix: "part",
  Split: "parts",
  SplitN: "parts",
  SplitAfter: "parts",
  SplitAfterN: "parts",
  SplitSeq: "parts",
  SplitAfterSeq: "parts",
  Fields: "parts",
  FieldsFunc: "parts",
  FieldsSeq: "parts",
  FieldsFuncSeq: "parts",
  Lines: "parts",
  NewReader: "holds",
};

/** Functions that give their argument back when there is nothing to change, in package strings only. */
const STRINGS_MAY_ALIAS = new Set(["ToLower", "ToUpper", "ReplaceAll", "Replace", "ToValidUTF8", "Map"]);

const OTHERS: Readonly<Record<string, ArgumentFlow>> = {
  "bytes.NewBuffer": "holds",
  "bytes.ToValidUTF8": "copy",
  "bufio.NewReader": "holds",
  "bufio.NewReaderSize": "holds",
  "bufio.NewWriter": "holds",
  "bufio.NewWriterSize": "holds",
  "bufio.NewScanner": "holds",
  "io.NopCloser": "holds",
  "io.LimitReader": "holds",
  "io.TeeReader": "holds",
  "io.MultiReader": "holds",
  "io.NewSectionReader": "holds",
  "context.WithValue": "holds",
  "context.WithCancel": "holds",
  "context.WithCancelCause": "holds",
  "context.WithTimeout": "holds",
  "context.WithDeadline": "holds",
  "context.WithoutCancel": "holds",
  "encoding/json.RawMessage": "alias",
  "encoding/json.NewDecoder": "holds",
  "net/http.HandlerFunc": "alias",
  "net/http.Header": "alias",
  "net/url.Values": "alias",
  "html/template.HTML": "alias",
  "unsafe.Pointer": "alias",
  "unsafe.String": "alias",
  "unsafe.Slice": "alias",
  "unsafe.StringData": "alias",
  "unsafe.SliceData": "alias",
  "slices.Clip": "alias",
  "slices.Grow": "alias",
  "slices.Compact": "alias",
  "path.Base": "part",
  "path.Dir": "part",
  "path.Ext": "part",
  "path/filepath.Base": "part",
  "path/filepath.Ext": "part",
  "errors.Join": "holds",
  "errors.Unwrap": "alias",
  "cmp.Or": "alias",
  "net/url.Parse": "holds",
  "regexp.MustCompile": "holds",
  "regexp.Compile": "holds",
};

/** What result and first (or only interesting) argument have in common; undefined for a function not known. */
export function findArgumentFlow(name: string): ArgumentFlow | undefined {
  const dot = name.lastIndexOf(".");
  const home = name.slice(0, dot);
  const base = name.slice(dot + 1);
  if (home === "strings" || home === "bytes") {
    if (home === "strings" && STRINGS_MAY_ALIAS.has(base)) return "alias";
    return STRINGS_AND_BYTES[base] ?? OTHERS[name] ?? "copy";
  }
  return OTHERS[name] ?? (home === "fmt" || home === "strconv" ? "copy" : undefined);
}

/** Functions that, like append, give back their first argument or a larger copy of it: fmt.Appendf, strconv.AppendInt. */
export function isAppendingFunction(name: string): boolean {
  return /^(?:fmt|strconv|encoding\/\w+|unicode\/utf8)\.Append\w*$/.test(name);
}

/** Methods of the standard library whose result is (part of) their receiver's memory. */
const ALIASING_METHODS = new Set([
  "bytes.Buffer.Bytes",
  "bytes.Buffer.Next",
  "bytes.Buffer.AvailableBuffer",
  "bufio.Scanner.Bytes",
  "bufio.Reader.Peek",
  "bufio.Reader.ReadSlice",
  "strings.Builder.String",
]);

/** `receiverType` "" stands for one that is not known: then the name must say enough by itself. */
export function isAliasingMethod(receiverType: string, name: string): boolean {
  // An error gives out the text it was made with.
  if (name === "Error" && (receiverType === "" || receiverType === "error")) return true;
  if (receiverType === "") return name === "Bytes" || name === "Peek" || name === "ReadSlice";
  return ALIASING_METHODS.has(`${receiverType}.${name}`);
}

const RESULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  "io.ReadAll": ["[]byte", "error"],
  "os.ReadFile": ["[]byte", "error"],
  "encoding/json.Marshal": ["[]byte", "error"],
  "strings.Split": ["[]string"],
  "strings.SplitN": ["[]string"],
  "strings.Fields": ["[]string"],
  "bytes.Split": ["[][]byte"],
  "bytes.Fields": ["[][]byte"],
  "strings.Cut": ["string", "string", "bool"],
  "bytes.Cut": ["[]byte", "[]byte", "bool"],
  "time.Now": ["time.Time"],
  "container/list.New": ["*list.List"],
  "bytes.NewBuffer": ["*bytes.Buffer"],
  "bytes.NewBufferString": ["*bytes.Buffer"],
  "bufio.NewScanner": ["*bufio.Scanner"],
  "bufio.NewReader": ["*bufio.Reader"],
  "bufio.NewReaderSize": ["*bufio.Reader"],
  "time.NewTicker": ["*time.Ticker"],
  "time.NewTimer": ["*time.Timer"],
  "time.After": ["<-chan time.Time"],
  "time.Tick": ["<-chan time.Time"],
};

/** Result types where the name of the package is the last element of its path; undefined if not known. */
export function findStandardResultType(name: string, index: number): string | undefined {
  const known = RESULT_TYPES[name];
  if (known !== undefined) return known[index];
  const dot = name.lastIndexOf(".");
  const home = name.slice(0, dot);
  const base = name.slice(dot + 1);
  if (index !== 0) return undefined;
  if (home === "fmt" && base.startsWith("Sprint")) return "string";
  if (isAppendingFunction(name)) return "[]byte";
  const flow = findArgumentFlow(name);
  if ((flow === "part" || flow === "alias") && (home === "strings" || home === "bytes")) {
    return home === "strings" ? "string" : "[]byte";
  }
  if (base === "Clone" || base === "Repeat" || base === "Join") {
    if (home === "strings") return "string";
    if (home === "bytes") return "[]byte";
  }
  return undefined;
}
