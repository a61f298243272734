// Runs in pages of profiles as its own source text (see profile-page-script.ts).

/** Keeps addresses short: what is empty or as it is anyway is not sent. Choices apply at once. */
export function startFilterForm(): void {
  const form = document.getElementById("filters");
  if (!(form instanceof HTMLFormElement)) return;
  const fields = () =>
    form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name], select[name]");
  form.addEventListener("submit", () => {
    for (const field of fields()) field.disabled = field.value === (field.dataset["default"] ?? "");
    // Back in the history the form must be usable again.
    setTimeout(() => {
      for (const field of fields()) field.disabled = false;
    });
  });
  for (const choice of form.querySelectorAll("select")) {
    choice.addEventListener("change", () => form.requestSubmit());
  }
}
