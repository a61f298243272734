/**
 * A function's name with its type arguments as dumps print them: "deadline.Call[go.shape.[]example.com/x.T].func1" →
 * "deadline.Call[...].func1". Heap profiles print the shapes (golang/go#64528), dumps do not; one spelling joins them.
 */
export function elideTypeArguments(name: string): string {
  let elided = "";
  let from = 0;
  for (let open = name.indexOf("["); open >= 0; open = name.indexOf("[", from)) {
    const close = findClosingBracket(name, open);
    if (close < 0) break;
    elided += `${name.slice(from, open)}[...]`;
    from = close + 1;
  }
  return elided + name.slice(from);
}

function findClosingBracket(name: string, open: number): number {
  let depth = 0;
  for (let i = open; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (c === 0x5b) depth++;
    else if (c === 0x5d && --depth === 0) return i;
  }
  return -1;
}
