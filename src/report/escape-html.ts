/** Text for element content and for attributes in double quotes. Function and file names may hold any character. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A Go name or a path, escaped, with chances to break the line after "/"; browsers break before "(" by themselves. */
export function escapeCode(text: string): string {
  return escapeHtml(text).replaceAll("/", "/<wbr>");
}

/** JSON that can stand inside a `<script>` element: no `<` can end it or open a comment. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
