/**
 * The import path of the package that a file belongs to, by the nearest go.mod above it; "main" for a command. Undefined
 * where no go.mod is at hand.
 */
export function findImportPath(files: ReadonlyMap<string, string>, path: string): string | undefined {
  const text = files.get(path);
  if (text !== undefined && /^package main\b/m.test(text)) return "main";
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const module = files.get(`${path.slice(0, end)}/go.mod`);
    const name = module === undefined ? null : /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(module.slice(0, 4096));
    if (name === null) continue;
    return `${name[1]!}${path.slice(end, path.lastIndexOf("/"))}`;
  }
  return undefined;
}
