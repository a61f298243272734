/**
 * Latin words that belong in a Chinese report side by side: terms that Chinese Go engineers write as they are. Code,
 * names with dots, paths, flags, constants and units need no line here.
 */
const TERMS = new Set(
  (
    "goroutine gopatrol map channel select slice append new go profile heap allocs pprof expvar metrics symbols index cmdline " +
    "source file worker return default panic defer bundle manifest tar gzip varint wire core block mutex trace pod context " +
    "mark assist Go Cond Unlock Lock Grow Enter Esc Prometheus heap-text goroutine-dump capture Linux explain inspect"
  ).split(" "),
);

/** Words that make a sentence English, however short it is. */
const ENGLISH = new Set(
  (
    "the a an of is are was were in to with from and or not for that this it its at on by no none only more less what where when " +
    "warning critical confirmed suspected high medium low evidence leak healthy attention unknown window sample samples " +
    "confidence rate before after growing steady kept verdict findings missing damaged captured captures over time"
  ).split(" "),
);

const UNIT = /^(B|kB|MB|GB|TB|PB|s|ms|µs|min|h|d)$/;
/** Letters with what belongs to a name: "cart.(*Store).Put", "/src/a.go:12", "--for", "ctx.Done()", "GOGC=off". */
const NAME = /[\w~*(.[\]/-]*[._/(=?[\]*&][\w()*.[\]/:?=&…-]*/g;

/**
 * English that a translation left over: a run of two plain words that are no terms, or one that makes English of a
 * sentence. `names` are the target's own (functions, variables), which stay.
 */
export function findEnglish(text: string, names: readonly string[] = []): string[] {
  let rest = text.replace(/`[^`]*`/g, "，").replace(/https?:\/\/[^\s，。；：）]+/g, "，");
  for (const name of names) rest = rest.replaceAll(name, "，");
  rest = rest.replace(NAME, (token) => {
    const inside = token.slice(0, -1);
    return /[A-Za-z]/.test(token) && /[._/(=?[\]*&]/.test(inside) ? "，" : token;
  });
  rest = rest.replace(/(?<![\w-])--?[a-z][\w-]*/g, "，");
  const found: string[] = [];
  for (const [run] of rest.matchAll(/[A-Za-z][\w'’-]*(?: [A-Za-z][\w'’-]*)*/g)) {
    const words = run.split(" ").filter((word) => !isTerm(word));
    if (words.length >= 2) found.push(run);
    else found.push(...words.filter((word) => ENGLISH.has(word.toLowerCase())));
  }
  return found;
}

/** A term, a unit, a constant (GOGC, SIGQUIT), or a name that only code has (ReadTimeout, errgroup2). */
function isTerm(word: string): boolean {
  return TERMS.has(word) || UNIT.test(word) || /^[A-Z0-9_-]+$/.test(word) || /[a-z][A-Z]|\d/.test(word);
}
