import { type ConformanceCase, listCases } from "./cases.ts";

interface Session {
  name: string;
  lines: readonly string[];
}

/** What people type into a session, line by line. `{src}` is a folder with the made-up program's source. */
export const SESSIONS: readonly Session[] = [
  {
    name: "entries",
    lines: [
      "top",
      "top3",
      "  top  5   -cum ",
      "top10 main|core -runtime -malloc",
      "text 4 main core --cum",
      "nodecount=7",
      "top",
      "tree",
      "tree3 main",
      "peek main|core|Handle",
      "peek .*alloc.* -cum",
      "nodecount=-1",
      "top -5",
      "",
      "list main|Handle|core >",
    ],
  },
  {
    name: "options",
    lines: [
      "granularity=lines",
      "top 6",
      "filefunctions=1",
      "top",
      "cum=true",
      "top 3 //: a remark",
      "sort=flat",
      "functions=T",
      "unit=kb //: smaller",
      "top",
      "divide_by=3.5",
      "nodefraction=1e-3",
      "edgefraction=.25",
      "tree",
      "divide_by=0",
      "top",
      "divide_by=1",
      "mean",
      "top 4",
      "mean=no",
      "trim=f",
      "tree 2",
      "trim",
      "noinlines=y",
      "showcolumns=1",
      "lines=1",
      "top",
      "unit=",
      "compact_labels=0",
      "top",
    ],
  },
  {
    name: "filters",
    lines: [
      "focus=main|core|std",
      "top",
      "ignore = runtime",
      "traces",
      ":",
      "hide=^runtime",
      "top 5",
      "hide=",
      "show_from=main|Serve",
      "tree 4",
      "show_from=",
      "tagfocus=tenant=acme",
      "top",
      "tags",
      ":",
      "tags bytes -zzz",
      "tags tenant|64b:",
      "tagroot=tenant,bytes",
      "top 8",
      "relative_percentages",
      "top main",
    ],
  },
  {
    name: "values",
    lines: [
      "sample_index=0",
      "top 4",
      "sample_index=1",
      "top 4",
      "inuse_objects",
      "top 2",
      "mean_alloc_space",
      "top 3",
      "total_alloc_space",
      "top 3",
      "delay",
      "mean_delay",
      "cpu",
      "top 3",
      "sample_index=7",
      "sample_index=nothing",
      "top 1",
    ],
  },
  {
    name: "all of it",
    lines: [
      "comments",
      "raw",
      "raw main",
      "traces -runtime",
      "source_path={src}",
      "list main|Handle|core",
      "list .* -cum",
      "trim_path=/build:/home/me/src",
      "list Handle",
    ],
  },
  {
    name: "mistakes",
    lines: [
      "bogus",
      "focus",
      "focus main",
      "foo=1",
      "top )",
      "peek",
      "peek (",
      "peek zzzz",
      "list zzzz",
      "top focus=[",
      "top >",
      "nodecount=many",
      "trim=perhaps",
      "sort=sideways",
      "flat=0",
      "help nothing",
      "=",
      "==",
      "top99999999999999999999",
      "top 99999999999 main",
      "top +3",
      "12",
      "top é*",
      "q",
      "top",
    ],
  },
];

const PROFILES =
  /^(go1\.26\.8-(heap|block|cpu|goroutine)|go1\.19\.13-allocs|made-(go-heap-labels|cpp|rust|negative|empty|columns)|text-(mutex|cpp-heap)|diff-made|merge-made)$/;

/** The profiles that sessions are about: one of a kind. */
export function listSessionCases(): ConformanceCase[] {
  return listCases().filter(({ name }) => PROFILES.test(name));
}

export function nameSession({ name }: ConformanceCase, session: Session): string {
  return `${name} session ${session.name}`;
}
