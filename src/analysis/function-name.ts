/**
 * A function's name with its type arguments as dumps print them: "deadline.Call[go.shape.[]example.com/x.T].func1" →
 * "deadline.Call[...].func1". Heap profiles print the shapes (golang/go#64528), dumps do not; one spelling joins them.
 */
export function elideTypeArguments(name: string): string {
  const open = name.indexOf("[");
  if (open < 0) return name;
  let depth = 0;
  for (let i = open; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (c === 0x5b) depth++;
    else if (c === 0x5d && --depth === 0)
      return `${name.slice(0, open)}[...]${elideTypeArguments(name.slice(i + 1))}`;
  }
  return name;
}
