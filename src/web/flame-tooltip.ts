// Runs in the report page as its own source text (see page-script.ts).
import type * as layout from "../report/flame-layout.ts";
import type { FlameGraph } from "./flame-graph.ts";
import type * as format from "./format-value.ts";
import type * as place from "./place-tooltip.ts";

declare const fillIn: typeof layout.fillIn;
declare const formatBytes: typeof format.formatBytes;
declare const formatShare: typeof format.formatShare;
declare const placeTooltip: typeof place.placeTooltip;

/** A box in words, for the tooltip and for screen readers: name, position, then one fact each. */
export function describeFrame(graph: FlameGraph, box: number): string[] {
  const { boxes, data, measure, weight, zoomed } = graph;
  const { labels } = data;
  const row = boxes.node[box]!;
  const amount = fillIn(labels.share[measure], {
    bytes: formatBytes(boxes.weight[box]!),
    share: formatShare(boxes.weight[box]!, weight[0]!),
  });
  if (row < 0) {
    const count = boxes.merged[box]!;
    return [count === 1 ? labels.narrowOne : fillIn(labels.narrowMany, { count: String(count) }), "", amount];
  }
  const facts = [data.strings[data.name[row]!]!, data.strings[data.position[row]!]!, amount];
  if (zoomed > 0 && row !== zoomed && boxes.weight[box]! < weight[zoomed]!) {
    facts.push(fillIn(labels.ofZoomed, { share: formatShare(boxes.weight[box]!, weight[zoomed]!) }));
  }
  const delta = data.delta[row]!;
  facts.push(
    fillIn(labels.inUse, {
      before: formatBytes(data.before[row]!),
      after: formatBytes(data.after[row]!),
      delta: formatBytes(delta, true),
    }),
  );
  const allocated = data.allocated[row]!;
  const isKept = allocated > 0 && delta >= 0 && delta <= allocated;
  facts.push(
    fillIn(isKept ? labels.allocatedAndKept : labels.allocatedInWindow, {
      bytes: formatBytes(allocated),
      share: formatShare(delta, allocated),
    }),
  );
  if (row > 0) {
    const { own, thirdParty, standardLibrary, runtime } = labels.origin;
    facts.push([own, thirdParty, standardLibrary, runtime][data.origin[row]!]!);
  }
  return facts;
}

/** Shows the tooltip beside a point of the window, on the side where it has room. */
export function showTooltip(graph: FlameGraph, box: number, left: number, top: number): void {
  const { tooltip } = graph;
  if (tooltip.hidden || tooltip.dataset["box"] !== String(box)) {
    const [name, position, ...facts] = describeFrame(graph, box);
    const line = (className: string, text: string) => {
      const element = document.createElement("div");
      element.className = className;
      element.textContent = text;
      return element;
    };
    tooltip.replaceChildren(line("name", name ?? ""));
    if (position) tooltip.append(line("position", position));
    for (const fact of facts) tooltip.append(line("fact", fact));
    tooltip.dataset["box"] = String(box);
    tooltip.hidden = false;
  }
  placeTooltip(tooltip, left, top);
}

export function hideTooltip(graph: FlameGraph): void {
  graph.tooltip.hidden = true;
}
