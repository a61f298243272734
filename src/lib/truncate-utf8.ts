/**
 * The longest beginning of a text whose UTF-8 form, with `ending` behind it, has at most `maxBytes`. Never half a
 * character; the whole text where it fits. Empty if not even the ending does.
 */
export function truncateUtf8(text: string, maxBytes: number, ending = "…"): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const room = maxBytes - Buffer.byteLength(ending);
  if (room < 0) return "";
  const bytes = Buffer.from(text);
  let end = room;
  // A byte 10xxxxxx continues the character before it.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end) + ending;
}
