/** A label at the head of a column or a list: "rate" → "Rate". Scripts without capitals stay as they are. */
export function capitalise(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}
