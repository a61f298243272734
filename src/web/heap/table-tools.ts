// Runs in the page about a heap as its own source text (see page-script.ts): imports are of types only.
import type * as layout from "../../report/flame-layout.ts";

declare const fillIn: typeof layout.fillIn;

/** Lets tables be sorted by a click on a heading and filtered by a word. They stand in the page in full. */
export function startTableTools(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("table[data-tools]")) {
    makeSortable(table);
    const filter = document.querySelector<HTMLInputElement>(`input[data-filters="${table.id}"]`);
    if (filter === null) continue;
    filter.closest<HTMLElement>("[data-script-only]")!.hidden = false;
    filter.addEventListener("input", () => filterRows(table, filter));
    // Browsers remember what stood in it when the page is loaded again.
    if (filter.value !== "") filterRows(table, filter);
  }
}

export function makeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[0]!;
  const headings = [...table.tHead!.rows[0]!.cells];
  for (const [column, heading] of headings.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const isNumber = heading.classList.contains("number");
      const was = heading.getAttribute("aria-sort");
      // Numbers begin with the largest, as whoever looks for what is big wants them.
      const isUp = was === null ? !isNumber : was === "descending";
      for (const each of headings) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      const sortKey = (row: HTMLTableRowElement) => {
        const cell = row.cells[column]!;
        return cell.dataset["value"] ?? cell.textContent ?? "";
      };
      const compare = isNumber
        ? (a: HTMLTableRowElement, b: HTMLTableRowElement) => Number(sortKey(a)) - Number(sortKey(b))
        : (a: HTMLTableRowElement, b: HTMLTableRowElement) => sortKey(a).localeCompare(sortKey(b));
      const rows = [...body.rows].sort((a, b) => (isUp ? compare(a, b) : compare(b, a)));
      body.append(...rows);
    });
  }
}

export function filterRows(table: HTMLTableElement, filter: HTMLInputElement): void {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...table.tBodies[0]!.rows];
  let shown = 0;
  for (const row of rows) {
    const text = (row.textContent ?? "").toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown++;
  }
  const status = document.getElementById(`${table.id}-rows`);
  if (status === null) return;
  status.textContent =
    words.length === 0
      ? ""
      : fillIn(status.dataset["text"] ?? "", { shown: String(shown), all: String(rows.length) });
}
