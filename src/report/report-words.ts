import { formatQuantity } from "../lib/format-quantity.ts";
import type { Language } from "./messages/language.ts";

/** What a view is made with. */
export interface Words {
  language: Language;
  format: typeof formatQuantity;
}

/** `formatQuantity` in the words of a language. */
export function quantityFormatter({ labels }: Language): typeof formatQuantity {
  return (value, unit, options) => formatQuantity(value, unit, { words: labels.quantity, ...options });
}
