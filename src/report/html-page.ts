import { createHash } from "node:crypto";
import { assert } from "../lib/assert.ts";
import { escapeHtml } from "./escape-html.ts";
import { REPORT_STYLE } from "./html-style.ts";
import type { Labels } from "./messages/labels.ts";
import type { LanguageTag } from "./messages/language-tag.ts";

/** What browsers choose fonts and line breaks by. */
const LANGUAGE_CODES: Record<LanguageTag, string> = { en: "en", zh: "zh-CN" };

export interface PageSection {
  id: string;
  title: string;
  /** Short form for the list of contents. */
  link: string;
  /** Empty: the section is left out. */
  body: string;
}

interface Page {
  tag: LanguageTag;
  gopatrolVersion: string;
  title: string;
  /** `colour` is for the page icon, which no style sheet reaches. */
  tone: { className: string; colour: string };
  labels: Labels["page"];
  /** HTML of the coloured band at the top, and of what is below it. */
  band: string;
  body: string;
  /** The text of src/web/page-script.ts; the caller passes it because this layer knows no browser code. */
  pageScript: string;
  /** Rules for what only this kind of page has. */
  style?: string;
}

/**
 * One HTML file that loads nothing: style, script and data are inside, and the content security policy in it lets a
 * browser run exactly those, by their SHA-256.
 */
export function renderPage(page: Page): string {
  const { labels, pageScript, tone } = page;
  return renderDocument({
    language: LANGUAGE_CODES[page.tag],
    gopatrolVersion: page.gopatrolVersion,
    title: page.title,
    iconColour: tone.colour,
    style: REPORT_STYLE + (page.style ?? ""),
    script: pageScript,
    body: `<a class="skip" href="#verdict">${labels.skip}</a>
<main>
<div class="band ${tone.className}"><div class="page">
${page.band}
</div></div>
<div class="page">
${page.body}
</div>
</main>
<div class="page"><footer class="colophon">${escapeHtml(labels.colophon(page.gopatrolVersion))}</footer></div>`,
  });
}

export interface HtmlDocument {
  /** Of BCP 47. */
  language: string;
  gopatrolVersion: string;
  title: string;
  /** For the page icon, which no style sheet reaches. */
  iconColour: string;
  style: string;
  script: string;
  body: string;
  /** Forms may be sent to where the page came from. */
  hasForms?: boolean;
}

export function renderDocument(page: HtmlDocument): string {
  const { script, style } = page;
  assert(!/<\/script|<!--/i.test(script), "the page script would end its own element");
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    `form-action '${page.hasForms === true ? "self" : "none"}'`,
  ].join("; ");

  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="gopatrol ${escapeHtml(page.gopatrolVersion)}">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="${icon(page.iconColour)}">
<style>${style}</style>
</head>
<body>
${page.body}
<script>${script}</script>
</body>
</html>
`;
}

/** The sections with a list of contents before them. */
export function renderSections(sections: readonly PageSection[], labels: Labels["page"]): string {
  const links = sections.map((section) => `<a href="#${section.id}">${section.link}</a>`);
  const contents = `<nav class="contents" aria-label="${labels.contents}">${links.join("")}</nav>`;
  return `${contents}\n${sections.map(renderSection).join("\n")}`;
}

function renderSection(section: PageSection): string {
  return `<section id="${section.id}" aria-labelledby="${section.id}-title"><h2 id="${section.id}-title">${section.title}</h2>${section.body}</section>`;
}

/** A source expression of a content security policy: "sha256-…" of the element's exact text. */
function sourceHash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}

/** A disc in the colour of the outcome, so that one of many tabs can be told. Also keeps browsers from asking a server. */
function icon(colour: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='7' fill='${colour}'/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
