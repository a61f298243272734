import { GRANULARITIES } from "../../pprof/granularity.ts";
import type { ReportOptions } from "../../pprof/report-options.ts";
import { escapeHtml } from "../escape-html.ts";
import { renderDocument } from "../html-page.ts";
import { PROFILE_STYLE } from "./profile-style.ts";
import { linkTo, URL_PARAMETERS } from "./url-parameters.ts";

export type PageName = "flamegraph" | "top" | "peek" | "source" | "graph" | "diff" | "timeline";

const PAGE_TITLES: Readonly<Record<PageName, string>> = {
  flamegraph: "Flame graph",
  top: "Top",
  peek: "Peek",
  source: "Source",
  graph: "Graph",
  diff: "Diff",
  timeline: "Timeline",
};

/** What all pages of the web view are told. */
export interface PageContext {
  gopatrolVersion: string;
  /** The text of src/web/profile/profile-page-script.ts; this layer knows no browser code. */
  script: string;
  page: PageName;
  parameters: URLSearchParams;
  options: ReportOptions;
  /** Those of the command line, from which addresses tell what differs. */
  defaults: ReportOptions;
  /** "shop inuse_space" */
  title: string;
  sampleTypes: readonly string[];
  /** Index of `sampleTypes`. */
  selected: number;
  /** What is selected where the address does not say. */
  defaultType: string;
  /** Of which labels there are, for the hints of label filters. */
  labelKeys: readonly string[];
  /** What the profile is, as `go tool pprof` heads its reports. */
  header: readonly string[];
  /** Filters that matched nothing, and the like. */
  warnings: readonly string[];
  /** Names of the sources, in the order of the command line. */
  sources: readonly string[];
  /** What is shown where the address does not say: "all", or a number from 1. */
  initialSource: string;
  /** Whether something is subtracted. */
  hasBase: boolean;
  /** Whether the command line names a base. */
  hasOwnBase: boolean;
}

/** A page of the web view around its content. */
export function renderProfilePage(context: PageContext, content: string): string {
  const { page, title, gopatrolVersion } = context;
  const about =
    context.header.length === 0
      ? ""
      : `<details class="about"><summary>About this profile</summary><pre>${escapeHtml(context.header.join("\n"))}</pre></details>`;
  return renderDocument({
    language: "en",
    gopatrolVersion,
    title: `${PAGE_TITLES[page]}: ${title}`,
    iconColour: "#e8590c",
    style: PROFILE_STYLE,
    script: context.script,
    hasForms: true,
    body: `<a class="skip" href="#content">Skip to the content</a>
<header class="bar"><p class="brand"><strong>gopatrol pprof</strong> <span class="file">${escapeHtml(title)}</span></p>
${renderTabs(context)}</header>
${renderFilters(context)}${renderChips(context)}${renderWarnings(context)}
<main id="content" class="${page}">
${content}
</main>
<footer class="foot">${about}<span>gopatrol ${escapeHtml(gopatrolVersion)}</span><a href="${escapeHtml(linkTo("download", context.parameters))}">Profile as pb.gz</a></footer>`,
  });
}

function renderTabs({ page, parameters, hasBase, sources }: PageContext): string {
  const shown = (name: PageName): boolean =>
    name === "diff" ? hasBase : name === "timeline" ? sources.length > 1 : true;
  const tabs = (Object.keys(PAGE_TITLES) as PageName[]).filter(shown).map((name) => {
    const current = name === page ? ' aria-current="page"' : "";
    return `<a href="${escapeHtml(linkTo(name, parameters))}"${current}>${PAGE_TITLES[name]}</a>`;
  });
  return `<nav class="tabs" aria-label="Views">${tabs.join("")}</nav>`;
}

interface Field {
  name: string;
  label: string;
  hint: string;
}

const MAIN_FIELDS: readonly Field[] = [
  { name: "f", label: "Focus", hint: "frame, regexp" },
  { name: "i", label: "Ignore", hint: "frame, regexp" },
];
const MORE_FIELDS: readonly Field[] = [
  { name: "h", label: "Hide frames", hint: "regexp" },
  { name: "s", label: "Show only frames", hint: "regexp" },
  { name: "sf", label: "Show from", hint: "regexp" },
  { name: "prunefrom", label: "Prune from", hint: "regexp" },
  { name: "ti", label: "Without label", hint: "key=regexp or range" },
  { name: "ts", label: "Show labels", hint: "regexp" },
  { name: "th", label: "Hide labels", hint: "regexp" },
  { name: "tagroot", label: "Labels as root frames", hint: "key,…" },
  { name: "tagleaf", label: "Labels as leaf frames", hint: "key,…" },
  { name: "n", label: "Most entries", hint: "number" },
  { name: "nf", label: "Least share of an entry", hint: "0.005" },
  { name: "unit", label: "Unit", hint: "minimum, MB, ms…" },
];
const SWITCHES: readonly [name: string, label: string][] = [
  ["noinlines", "Inlined calls in their callers"],
  ["rel", "Percentages of what is left"],
  ["dropneg", "Without negative values"],
  ["mean", "Mean"],
];

function renderFilters(context: PageContext): string {
  const { page, parameters, labelKeys, sampleTypes, selected } = context;
  const inForm = new Set(["f", "i", "tf", "si", "g", ...MORE_FIELDS.map(({ name }) => name)]);
  for (const [name] of SWITCHES) inForm.add(name);
  const hidden = [...parameters]
    .filter(([name]) => !inForm.has(name) && (page === "timeline" || (name !== "p" && name !== "b")))
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`);
  const tagHint = labelKeys.length === 0 ? "key=regexp or 1mb:" : `${labelKeys.slice(0, 3).join(", ")} = …`;
  const isMoreOpen = [...MORE_FIELDS.map(({ name }) => name), ...SWITCHES.map(([name]) => name)].some(
    (name) => parameters.has(name),
  );
  // The flame graph holds all values and changes them in place.
  const types =
    page === "flamegraph"
      ? `<input type="hidden" name="si" value="${escapeHtml(shownText(context, "si"))}" data-default="${escapeHtml(defaultText(context, "si"))}">`
      : renderSelect(
          "si",
          "Value",
          sampleTypes.map((name) => [name, name]),
          sampleTypes[selected] ?? "",
          context.defaultType,
        );
  const granularity = renderSelect(
    "g",
    "By",
    GRANULARITIES.map((name) => [name, name]),
    context.options.granularity === "" ? "functions" : context.options.granularity,
    context.defaults.granularity === "" ? "functions" : context.defaults.granularity,
  );
  return `<form id="filters" class="filters" method="get" action="${page}" role="search" aria-label="Filters">
<div class="fields">${renderSources(context)}${types}${granularity}${MAIN_FIELDS.map((field) => renderField(context, field)).join("")}${renderField(context, { name: "tf", label: "Label", hint: tagHint })}<button type="submit">Apply</button></div>
<details class="more"${isMoreOpen ? " open" : ""}><summary>More filters</summary><div class="fields">${MORE_FIELDS.map((field) => renderField(context, field)).join("")}${SWITCHES.map(([name, label]) => renderSwitch(context, name, label)).join("")}</div></details>${hidden.join("")}
</form>
`;
}

const MOST_SOURCE_LETTERS = 36;

/** Which of several sources is shown, and which is subtracted. */
function renderSources({ page, sources, initialSource, parameters, hasOwnBase }: PageContext): string {
  if (sources.length < 2 || page === "timeline") return "";
  const each = shortenSources(sources).map((name, at): [string, string] => [
    String(at + 1),
    `${at + 1}: ${name}`,
  ]);
  return (
    renderSelect(
      "p",
      "Profile",
      [...each, ["all", "all merged"]],
      parameters.get("p") || initialSource,
      initialSource,
    ) +
    renderSelect(
      "b",
      "Less",
      [["", hasOwnBase ? "the base" : "nothing"], ...each],
      parameters.get("b") ?? "",
      "",
    )
  );
}

/** Names without what all begin with, and no longer than a choice can show. */
export function shortenSources(names: readonly string[]): string[] {
  const [first = ""] = names;
  let common = 0;
  while (common < first.length && names.every((name) => name[common] === first[common])) common++;
  const start = first.slice(0, common).search(/[^/\\: ]*$/);
  return names.map((name) => {
    const own = name.slice(names.length > 1 ? start : name.lastIndexOf("/") + 1);
    return own.length > MOST_SOURCE_LETTERS ? `…${own.slice(1 - MOST_SOURCE_LETTERS)}` : own;
  });
}

function renderSelect(
  name: string,
  label: string,
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string,
  defaultValue: string,
): string {
  const options = choices.map(
    ([value, text]) =>
      `<option value="${escapeHtml(value)}"${value === chosen ? " selected" : ""}>${escapeHtml(text)}</option>`,
  );
  return `<label><span>${label}</span><select name="${name}" data-default="${escapeHtml(defaultValue)}">${options.join("")}</select></label>`;
}

function renderField(context: PageContext, { name, label, hint }: Field): string {
  return `<label><span>${label}</span><input type="text" name="${name}" value="${escapeHtml(shownText(context, name))}" data-default="${escapeHtml(defaultText(context, name))}" placeholder="${escapeHtml(hint)}" autocomplete="off" spellcheck="false"></label>`;
}

function renderSwitch(context: PageContext, name: string, label: string): string {
  const value = shownText(context, name);
  return renderSelect(
    name,
    label,
    [
      ["false", "no"],
      ["true", "yes"],
    ],
    value,
    defaultText(context, name),
  );
}

function shownText({ options }: PageContext, name: string): string {
  return textOf(options, name);
}

function defaultText({ defaults }: PageContext, name: string): string {
  return textOf(defaults, name);
}

function textOf(options: ReportOptions, name: string): string {
  const key = URL_PARAMETERS.find((parameter) => parameter.name === name)?.key;
  if (key === undefined) return "";
  const value = String(options[key]);
  return key === "nodeCount" && value === "-1" ? "" : value;
}

/** The filters that are on, each with a way to take it off. */
function renderChips({ page, parameters, options, defaults }: PageContext): string {
  const chips: string[] = [];
  for (const { name, key } of URL_PARAMETERS) {
    if (name === "si" || name === "g" || name === "sort" || options[key] === defaults[key]) continue;
    const href = escapeHtml(linkTo(page, parameters, { [name]: undefined }));
    const text = `${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}=${options[key]}`;
    chips.push(
      `<li><span class="code">${escapeHtml(text)}</span><a href="${href}" aria-label="Take off ${escapeHtml(text)}">×</a></li>`,
    );
  }
  return chips.length === 0
    ? ""
    : `<ul class="chips" aria-label="Filters that are on">${chips.join("")}</ul>`;
}

function renderWarnings({ warnings }: PageContext): string {
  if (warnings.length === 0) return "";
  return `<ul class="warnings" role="status">${warnings.map((text) => `<li>${escapeHtml(text)}</li>`).join("")}</ul>`;
}
