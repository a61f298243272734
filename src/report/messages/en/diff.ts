import type { DiffLabels } from "../diff-labels.ts";

const within = (span: string) => (span === "" ? "" : ` within ${span}`);
const course = (word: string) => (word === "" ? "" : `, ${word}`);

export const diff: DiffLabels = {
  title: "difference",
  heapGrew: (v) =>
    `Memory in use grew by ${v.growth} (${v.before} → ${v.after})${within(v.span)}${course(v.course)}.`,
  heapShrank: (v) => `Memory in use shrank by ${v.growth} (${v.before} → ${v.after})${within(v.span)}.`,
  heapSame: (v) => `Memory in use hardly changed (${v.before} → ${v.after})${within(v.span)}.`,
  allocated: (v) =>
    v.survivors === ""
      ? `${v.bytes} were allocated in between; in balance nothing of it is left.`
      : `${v.bytes} were allocated in between; ${v.survivors} of that is left over.`,
  goroutineCount: (count) => `${count} goroutines`,
  goroutinesMoved: (v) => `Goroutines: ${v.before} → ${v.after} (${v.growth})${course(v.course)}.`,
  perUnit: (v) =>
    `For each of ${v.count} \`${v.counter}\`: ${[
      v.kept === "" ? "" : `${v.kept} more in use`,
      v.allocated === "" ? "" : `${v.allocated} allocated`,
    ]
      .filter(Boolean)
      .join(", ")}.`,
  counterChosen: (v) => `\`${v.counter}\` was taken as the load by its name; --per NAME takes another.`,
  noCounter: "No counter of requests was captured, so nothing is set against the load.",
  otherProcess:
    "The process was restarted in between, or these are two processes: what was allocated counts from the start of the last.",
  fewInCommon: (share) =>
    `Only ${share} of their own functions are in both: of different programs the difference says nothing.`,
  unordered: "The inputs are not in the order of their times: they are compared as given, without rates.",
  course: {
    monotone: "steadily",
    levelled: "but has levelled off",
    wave: "but comes and goes",
    level: "level",
    falling: "falling",
    unknown: "",
  },
  rowCourse: {
    monotone: "steady",
    levelled: "levelled off",
    wave: "comes and goes",
    level: "",
    falling: "falling",
    unknown: "",
  },
  change: { new: "new site", gone: "gone" },
  fromTo: (before, after) => `${before} → ${after}`,
  allocatedNote: (bytes) => `${bytes} allocated`,
  survive: (share) => `${share} of it kept`,
  each: (amount) => `${amount} each`,
  error: (bytes) => `± ${bytes}`,
  changes: (created, gone) => `New allocation sites: ${created}, gone: ${gone}.`,
  section: {
    inputs: "Compared",
    sites: "Growth by site",
    shrunk: "Shrunk",
    packages: "By package",
    modules: "By module",
    goroutines: "Goroutines by state and place",
    flame: "Growth as a flame graph",
    damage: "Not read",
  },
  column: {
    input: "Input",
    taken: "Taken",
    inUse: "In use",
    goroutines: "Goroutines",
    growth: "Growth",
    before: "Before",
    after: "After",
    allocated: "Allocated",
    ratio: "÷ growth",
    survivors: "Kept",
    each: "Each",
    course: "Course",
    place: "Function and line",
    cumulative: "With callees",
    name: "Name",
    state: "State",
  },
  more: (count) => `… and ${count} more (--top, or --format json)`,
  nothing: "Nothing grew or shrank.",
};
