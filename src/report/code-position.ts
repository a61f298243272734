import type { CodeSite } from "../analysis/code-site.ts";

/** "example.com/shop/cart.(*Store).Put" → "cart.(*Store).Put". */
export function shortFunction(name: string): string {
  const bracket = name.indexOf("[");
  const plain = bracket < 0 ? name : name.slice(0, bracket);
  const parenthesis = plain.indexOf("(");
  const slash = plain.lastIndexOf("/", parenthesis < 0 ? plain.length : parenthesis);
  return name.slice(slash + 1);
}

/** "/src/cart/store.go", 42 → "store.go:42"; "" if the file is not known. */
export function shortPosition({ file, line }: CodeSite): string {
  if (file === "") return "";
  const name = file.slice(file.lastIndexOf("/") + 1);
  return line > 0 ? `${name}:${line}` : name;
}

/** The whole path with its line, as editors and terminals link it; "" if the file is not known. */
export function fullPosition({ file, line }: CodeSite): string {
  if (file === "") return "";
  return line > 0 ? `${file}:${line}` : file;
}
