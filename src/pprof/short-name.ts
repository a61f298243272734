const CPP_ANONYMOUS = /^\(anonymous namespace\)::/;
const GO_VERSION = /^(.*?)\/v(?:[2-9]|[1-9][0-9]+)([./].*)$/;
const GO_NAME = /^(?:[\w\-.]+\/)+([^.]+\..+)/;
const JAVA_NAME = /^(?:[a-z]\w*\.)*([A-Z][\w$]*\.(?:<init>|[a-z][\w$]*(?:\$\d+)?))(?:(?:\()|$)/;
const CPP_NAME = /^(?:[_a-zA-Z]\w*::)+(_*[A-Z]\w*::~?[_a-zA-Z]\w*(?:<.*>)?)/;
/** Longer names are machine-made, and the expressions above look back. */
const MOST_LETTERS = 2048;

/** A function's name without its package's path (google/pprof, internal/graph/graph.go, ShortenFunctionName). */
export function shortenFunctionName(name: string): string {
  if (name.length > MOST_LETTERS) return name;
  const text = name.replace(CPP_ANONYMOUS, "").replace(GO_VERSION, "$1$2");
  for (const expression of [GO_NAME, JAVA_NAME, CPP_NAME]) {
    const match = expression.exec(text);
    if (match !== null) return match[1]!;
  }
  return text;
}
