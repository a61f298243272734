// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type { ProfileFlame } from "./profile-flame.ts";

export interface FrameLink {
  text: string;
  title: string;
  href: string;
}

/** Where a frame leads in the web view: filters of this page by pprof's parameters, and its other pages. */
export function frameLinks(flame: ProfileFlame, row: number): FrameLink[] {
  const { data, section } = flame;
  if (section.dataset["pages"] === undefined || data.filterBy === "nothing") return [];
  const name = data.strings[data.name[row]!]!;
  const quoted = name.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
  const expression = data.filterBy === "package" ? `^${quoted}\\.` : `^${quoted}$`;
  const link = (text: string, title: string, page: string, parameter: string, isAdded = false): FrameLink => {
    const url = new URL(location.href);
    url.hash = "";
    url.pathname = url.pathname.replace(/[^/]*$/, page);
    const before = url.searchParams.get(parameter) ?? "";
    url.searchParams.set(parameter, isAdded && before !== "" ? `${before}|${expression}` : expression);
    return { text, title, href: url.href };
  };
  return [
    link("Focus", "Only samples that it is in", "flamegraph", "f"),
    link("Show from", "Only what is below it", "flamegraph", "sf"),
    link("Ignore", "No samples that it is in", "flamegraph", "i", true),
    link("Hide", "Without this frame", "flamegraph", "h", true),
    link("Peek", "Who calls it and what it calls", "peek", "f"),
    link("Source", "Its lines with their values", "source", "f"),
  ];
}
