// Runs in pages of profiles as its own source text (see profile-page-script.ts).

/** A field that leaves of a list or table only what holds its text; nothing is built anew. */
export function startListFilter(): void {
  const field = document.getElementById("list-filter");
  const count = document.getElementById("list-count");
  if (!(field instanceof HTMLInputElement)) return;
  const entries = [...document.querySelectorAll<HTMLElement>("[data-entry]")];
  const texts = entries.map((entry) => (entry.dataset["entry"] ?? "").toLowerCase());
  field.hidden = false;
  const filter = () => {
    const wanted = field.value.trim().toLowerCase();
    let shown = 0;
    for (const [at, entry] of entries.entries()) {
      const isShown = texts[at]!.includes(wanted);
      entry.hidden = !isShown;
      if (isShown) shown++;
    }
    if (count !== null) count.textContent = wanted === "" ? "" : `${shown} of ${entries.length}`;
  };
  field.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.matches("input, select, textarea");
    if (event.key === "/" && !inField) {
      event.preventDefault();
      field.focus();
    } else if (event.key === "Escape" && document.activeElement === field) {
      field.value = "";
      filter();
    }
  });
  if (field.value !== "") filter();
}
