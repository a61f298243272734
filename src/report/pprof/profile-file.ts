import { escapeHtml } from "../escape-html.ts";
import { renderDocument } from "../html-page.ts";
import { PROFILE_STYLE } from "./profile-style.ts";

export interface ProfileFile {
  /** "Flame graph" */
  what: string;
  /** "shop inuse_space" */
  title: string;
  gopatrolVersion: string;
  /** The text of src/web/profile/profile-page-script.ts; this layer knows no browser code. */
  script: string;
  /** What the profile is, as `go tool pprof` heads its reports. */
  header: readonly string[];
}

/** One view as one HTML file that loads nothing. */
export function renderProfileFile(file: ProfileFile, className: string, content: string): string {
  const { title, header, gopatrolVersion } = file;
  const about =
    header.length === 0
      ? ""
      : `<details class="about"><summary>About this profile</summary><pre>${escapeHtml(header.join("\n"))}</pre></details>`;
  return renderDocument({
    language: "en",
    gopatrolVersion,
    title: `${file.what}: ${title}`,
    iconColour: "#e8590c",
    style: PROFILE_STYLE,
    script: file.script,
    body: `<header class="bar"><p class="brand"><strong>gopatrol pprof</strong> <span class="file">${escapeHtml(title)}</span></p></header>
<main id="content" class="${className}">
${content}
</main>
<footer class="foot">${about}<span>gopatrol ${escapeHtml(gopatrolVersion)}</span></footer>`,
  });
}
