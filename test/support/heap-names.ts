/** Names in answers about a heap that are the program's own or Go's: functions, files, wait reasons, forms of keys. */
export function listHeapNames(answers: unknown): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (["function", "file", "status", "waitReason", "shape", "text"].includes(key))
        names.add(String(member));
      // What stands in a type as code does: "struct { a int }".
      if (["type", "name", "holder"].includes(key) && /[{ ]/.test(String(member)))
        for (const [struct] of String(member).matchAll(
          /struct \{.*\}|func\(.*\).*|chan \S+|interface \{.*?\}/g,
        ))
          names.add(struct);
      visit(member);
    }
  };
  visit(answers);
  return [...names].filter((name) => name.length > 1).sort((a, b) => b.length - a.length);
}
