// Runs in the report page as its own source text (see page-script.ts).
import type { FlameGraph } from "./flame-graph.ts";
import type * as format from "./format-bytes.ts";

declare const formatBytes: typeof format.formatBytes;
declare const formatShare: typeof format.formatShare;

/** A box in words, for the tooltip and for screen readers: name, position, then one fact each. */
export function describeFrame(graph: FlameGraph, box: number): string[] {
  const { boxes, data, weight, zoomed } = graph;
  const row = boxes.node[box]!;
  const whole = { delta: "growth", after: "memory in use", allocated: "allocation" }[graph.measure];
  const share = `${formatShare(boxes.weight[box]!, weight[0]!)} of all ${whole}`;
  if (row < 0) {
    const count = boxes.merged[box]!;
    return [
      count === 1 ? "1 frame too narrow to draw" : `${count} frames too narrow to draw`,
      "",
      `${formatBytes(boxes.weight[box]!)}, ${share}`,
    ];
  }
  const facts = [
    data.strings[data.name[row]!]!,
    data.strings[data.position[row]!]!,
    `${formatBytes(boxes.weight[box]!)}, ${share}`,
  ];
  if (zoomed > 0 && row !== zoomed && boxes.weight[box]! < weight[zoomed]!) {
    facts.push(`${formatShare(boxes.weight[box]!, weight[zoomed]!)} of the zoomed frame`);
  }
  facts.push(
    `In use ${formatBytes(data.before[row]!)} → ${formatBytes(data.after[row]!)}: ${formatBytes(data.delta[row]!, true)}`,
  );
  const allocated = data.allocated[row]!;
  facts.push(
    allocated > 0 && data.delta[row]! >= 0 && data.delta[row]! <= allocated
      ? `Allocated ${formatBytes(allocated)} in the window, ${formatShare(data.delta[row]!, allocated)} kept`
      : `Allocated ${formatBytes(allocated)} in the window`,
  );
  if (row > 0) {
    facts.push(["Own code", "Third-party code", "Standard library", "Go runtime"][data.origin[row]!]!);
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
  const gap = 14;
  const right = left + gap + tooltip.offsetWidth > document.documentElement.clientWidth;
  const below = top + gap + tooltip.offsetHeight <= window.innerHeight;
  const x = right ? left - gap - tooltip.offsetWidth : left + gap;
  tooltip.style.left = `${Math.max(4, Math.min(x, document.documentElement.clientWidth - tooltip.offsetWidth - 4))}px`;
  tooltip.style.top = `${below ? top + gap : Math.max(4, top - gap - tooltip.offsetHeight)}px`;
}

export function hideTooltip(graph: FlameGraph): void {
  graph.tooltip.hidden = true;
}
