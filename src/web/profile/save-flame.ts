// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type * as layout from "../../report/flame-layout.ts";
import type * as diff from "../../report/pprof/diff-colour.ts";
import type * as formatValues from "../format-value.ts";
import type * as svg from "./flame-svg.ts";
import type { ProfileFlame } from "./profile-flame.ts";

declare const fitFunctionName: typeof layout.fitFunctionName;
declare const formatValue: typeof formatValues.formatValue;
declare const layoutFlame: typeof layout.layoutFlame;
declare const mixColour: typeof diff.mixColour;
declare const readableOn: typeof diff.readableOn;
declare const renderFlameSvg: typeof svg.renderFlameSvg;
declare const strengthOfChange: typeof diff.strengthOfChange;

/** Saves what the first drawing shows, as far as it is zoomed, as an SVG file. */
export function saveSvg(flame: ProfileFlame): void {
  const pane = flame.panes[0];
  if (pane === undefined) return;
  const { type, weight, children, viewport } = pane;
  const { zoomed, colour } = flame;
  const text = renderFlameSvg(
    flame.data,
    { type, weight, children, zoomed, colour, widthPx: Math.max(600, viewport.clientWidth) },
    { fitFunctionName, formatValue, layoutFlame, mixColour, readableOn, strengthOfChange },
  );
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = `${flame.data.title.replace(/[^\w.-]+/g, "-")}-flame.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
