import { formatPercentage } from "../../pprof/measurement.ts";
import { escapeHtml } from "../escape-html.ts";

const METER_WIDTH = 44;

export function numberCell(text: string): string {
  return `<td class="number">${escapeHtml(text)}</td>`;
}

/** A value's part of the whole in figures, with a bar beside it. */
export function shareCell(value: number, total: number): string {
  const part = total === 0 ? 0 : Math.min(1, Math.abs(value / total));
  const width = (part * METER_WIDTH).toFixed(1);
  const meter = `<svg class="meter" width="${METER_WIDTH}" height="8" aria-hidden="true"><rect class="all" width="100%" height="100%"/><rect class="part" width="${width}" height="100%"/></svg>`;
  return `<td class="number">${meter}<span class="share">${formatPercentage(value, total).trim()}</span></td>`;
}

/** The field by which a list is narrowed; the page's script brings it to life. */
export function renderListTools(what: string, count: string): string {
  return `<p class="list-tools"><input type="search" id="list-filter" placeholder="${what}  /" aria-label="${what}" autocomplete="off" spellcheck="false" hidden><span>${escapeHtml(count)}</span> <span id="list-count" aria-live="polite"></span></p>`;
}
