/** "2026-11-25 11:00:12 UTC+8": with its offset, since readers and machines live in different zones. */
export function formatTime(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  })
    .format(ms)
    .concat(" ", zoneOf(ms, timeZone));
}

function zoneOf(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "shortOffset" }).formatToParts(ms);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
  return offset.replace(/^GMT(?:\+0)?/, "UTC");
}
