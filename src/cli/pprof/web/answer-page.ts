import { gzipSync } from "node:zlib";
import { CaptureError } from "../../../capture/capture-error.ts";
import { encodeProfile } from "../../../formats/pprof/encode.ts";
import { findSampleIndex } from "../../../pprof/combine.ts";
import type { TimeZone } from "../../../pprof/go-format.ts";
import { BASE_LABEL } from "../../../pprof/labels.ts";
import { PprofError } from "../../../pprof/pprof-error.ts";
import { compileRe2 } from "../../../pprof/re2.ts";
import { buildReport, type Report } from "../../../pprof/report.ts";
import type { ReportOptions } from "../../../pprof/report-options.ts";
import { profileHeader } from "../../../pprof/views/headers.ts";
import { escapeHtml } from "../../../report/escape-html.ts";
import { renderDiffContent } from "../../../report/pprof/diff-page.ts";
import { buildFlameData } from "../../../report/pprof/flame-data.ts";
import { renderFlameFile, renderFlameSection } from "../../../report/pprof/flame-page.ts";
import { renderGraphContent } from "../../../report/pprof/graph-page.ts";
import { renderPeekContent } from "../../../report/pprof/peek-page.ts";
import { type PageContext, type PageName, renderProfilePage } from "../../../report/pprof/profile-page.ts";
import { renderSourceContent } from "../../../report/pprof/source-page.ts";
import { renderTimelineContent } from "../../../report/pprof/timeline-page.ts";
import { renderTopContent } from "../../../report/pprof/top-page.ts";
import { linkTo, readUrlOptions } from "../../../report/pprof/url-parameters.ts";
import type { Profile } from "../../../tables/profile.ts";
import type { StringIndex } from "../../../tables/string-table.ts";
import { formatChange } from "../../../web/format-value.ts";
import { programOf, titleOf } from "../profile-title.ts";
import { sourceReader } from "../source-reader.ts";
import { buildTimelineView } from "./build-timeline.ts";
import type { ProfileSets, WantedProfile } from "./profile-sets.ts";
import { type Answer, text } from "./web-server.ts";

export interface WebView {
  sets: ProfileSets;
  /** Of the command line. */
  options: ReportOptions;
  zone: TimeZone;
  gopatrolVersion: string;
  script: string;
  warn: (message: string) => void;
}

/** As upstream's web view (internal/driver/webui.go). */
const MOST_TOP_ENTRIES = 500;
const PAGES: readonly PageName[] = ["flamegraph", "top", "peek", "source", "graph", "diff", "timeline"];
const HTML = "text/html; charset=utf-8";

/** Answers a request of the web view. What the address asks wrongly is told in the page, with its form. */
export async function answerPage(view: WebView, url: URL): Promise<Answer> {
  const path = url.pathname.replace(/^\/ui(?=\/|$)/, "").replace(/^\//, "");
  if (path === "" || !url.pathname.startsWith("/ui/")) {
    const page = (PAGES as readonly string[]).includes(path) ? path : "flamegraph";
    if (path !== "" && page !== path)
      return text(404, "Nothing is here; the pages begin at /ui/flamegraph\n");
    return { ...text(302, ""), headers: { location: `/ui/${page}${url.search}` } };
  }
  const wanted = {
    profile: url.searchParams.get("p") || view.sets.initial,
    base: url.searchParams.get("b") ?? "",
  };
  if (path === "download") return answerDownload(view, wanted);
  if (path === "flamegraph.html") return answerFlameFile(view, url, wanted);
  const page = PAGES.find((name) => name === path);
  if (page === undefined) return text(404, "There is no such page; they begin at /ui/flamegraph\n");
  return answerView(view, url, page, wanted);
}

async function answerView(view: WebView, url: URL, page: PageName, wanted: WantedProfile): Promise<Answer> {
  const parameters = url.searchParams;
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const context = baseContext(view, page, parameters);
  try {
    const options = readUrlOptions(parameters, view.options);
    Object.assign(context, { options, hasBase: view.sets.hasBase(wanted) });
    const isSided = page === "flamegraph" || page === "diff";
    const profile = isSided ? view.sets.forSides(wanted) : view.sets.forReport(wanted);
    Object.assign(context, describeProfile(profile, options, view.options));
    if (page === "timeline") {
      const timeline = buildTimelineView(view.sets, options, parameters, warn);
      const content = renderTimelineContent(timeline, parameters);
      return htmlAnswer(200, renderProfilePage({ ...context, warnings, title: timeline.typeName }, content));
    }
    const report = buildReport(profile, reportView(page), pageOptions(page, options), warn);
    const { html, header } = await renderContent(view, page, report, profile, parameters);
    // Of a flame graph values are changed in place.
    const title = page === "flamegraph" ? programOf(profile) : titleOf(report);
    const about = header ?? [...profileHeader(report, view.zone)];
    return htmlAnswer(200, renderProfilePage({ ...context, title, header: about, warnings }, html));
  } catch (error) {
    const told = explainError(error);
    if (told === undefined) throw error;
    const content = `<p class="error" role="alert">${escapeHtml(told.message)}</p>`;
    return htmlAnswer(told.status, renderProfilePage({ ...context, warnings }, content));
  }
}

/** What a reader can mend: the address, or a source that is gone since; undefined for bugs of ours. */
function explainError(error: unknown): { status: number; message: string } | undefined {
  if (error instanceof PprofError) return { status: 400, message: error.message };
  if (error instanceof CaptureError) return { status: 500, message: `${error.message}: ${error.hint}` };
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return undefined;
  return { status: 500, message: (error as Error).message };
}

function htmlAnswer(status: number, body: string): Answer {
  return { status, type: HTML, body };
}

function baseContext(view: WebView, page: PageName, parameters: URLSearchParams): PageContext {
  return {
    gopatrolVersion: view.gopatrolVersion,
    script: view.script,
    page,
    parameters,
    options: view.options,
    defaults: view.options,
    title: view.sets.names.length === 1 ? view.sets.names[0]! : `${view.sets.names.length} profiles`,
    sampleTypes: [],
    selected: 0,
    defaultType: "",
    labelKeys: [],
    header: [],
    warnings: [],
    sources: view.sets.names,
    initialSource: view.sets.initial,
    hasBase: false,
    hasOwnBase: view.sets.hasOwnBase,
  };
}

function describeProfile(
  profile: Profile,
  options: ReportOptions,
  defaults: ReportOptions,
): Pick<PageContext, "sampleTypes" | "selected" | "defaultType" | "labelKeys"> {
  const { strings, sampleTypes, samples } = profile;
  const names = sampleTypes.map(({ type }) => strings.get(type));
  if (names.length === 0) throw new PprofError("profile has no samples");
  const keys = [...new Set(samples.label.key)].map((key) => strings.get(key as StringIndex));
  return {
    sampleTypes: names,
    selected: findSampleIndex(profile, options.sampleIndex),
    defaultType: names[findSampleIndex(profile, defaults.sampleIndex)]!,
    labelKeys: keys.filter((key) => key !== BASE_LABEL),
  };
}

function reportView(page: PageName): Report["view"] {
  switch (page) {
    case "top":
    case "peek":
      return page;
    case "source":
      return "list";
    case "graph":
      return "dot";
    default:
      return "flame";
  }
}

function pageOptions(page: PageName, options: ReportOptions): ReportOptions {
  return page === "top" && options.nodeCount === -1 ? { ...options, nodeCount: MOST_TOP_ENTRIES } : options;
}

async function renderContent(
  view: WebView,
  page: PageName,
  report: Report,
  whole: Profile,
  parameters: URLSearchParams,
): Promise<{ html: string; header?: string[] }> {
  const { focus } = report.options;
  // As upstream: what is focused is what peek and source show.
  const wanted = focus === "" ? undefined : compileRe2(focus, "focus regexp");
  switch (page) {
    case "top":
      return renderTopContent(report, parameters, view.zone);
    case "peek":
      return renderPeekContent(report, wanted, parameters, view.zone);
    case "source":
      return renderSourceContent(report, wanted, sourceReader(report.options));
    case "diff":
      return renderDiffContent(report, parameters, { formatChange });
    case "graph": {
      const { renderDot } = await import("../../../pprof/views/dot.ts");
      const { renderGraph } = await import("../render-graph.ts");
      const svg = await renderGraph([...renderDot(report, view.zone)].join(""), "svg");
      return { html: renderGraphContent(typeof svg === "string" ? svg : new TextDecoder().decode(svg)) };
    }
    default: {
      const data = buildFlameData(report, whole, programOf(whole));
      if (data.parent.length <= 1) return { html: '<p class="empty">No sample has a value here.</p>' };
      return { html: renderFlameSection(data, linkTo("flamegraph.html", parameters)) };
    }
  }
}

function answerDownload(view: WebView, wanted: WantedProfile): Answer {
  return answerFile(() => ({
    status: 200,
    type: "application/vnd.google.protobuf+gzip",
    body: gzipSync(encodeProfile(view.sets.forReport(wanted))),
    headers: { "content-disposition": 'attachment; filename="profile.pb.gz"' },
  }));
}

function answerFile(make: () => Answer): Answer {
  try {
    return make();
  } catch (error) {
    const told = explainError(error);
    if (told === undefined) throw error;
    return text(told.status, `${told.message}\n`);
  }
}

function answerFlameFile(view: WebView, url: URL, wanted: WantedProfile): Answer {
  return answerFile(() => {
    const options = readUrlOptions(url.searchParams, view.options);
    const whole = view.sets.forSides(wanted);
    const report = buildReport(whole, "flame", options);
    const { gopatrolVersion, script } = view;
    const body = renderFlameFile(buildFlameData(report, whole, programOf(whole)), {
      gopatrolVersion,
      script,
      header: [...profileHeader(report, view.zone), ...report.activeFilters],
    });
    return {
      status: 200,
      type: HTML,
      body,
      headers: { "content-disposition": 'attachment; filename="flame.html"' },
    };
  });
}
