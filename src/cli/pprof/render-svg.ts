import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Lays out a graph with Graphviz: the installed `dot`, or the same compiled to WebAssembly (@viz-js/viz). */
export async function renderSvg(dot: string): Promise<string> {
  return (await renderWithProgram(dot)) ?? (await renderWithWasm(dot));
}

/** Undefined if there is no `dot`, or it fails. */
async function renderWithProgram(dot: string): Promise<string | undefined> {
  const child = spawn("dot", ["-Tsvg"], { stdio: ["pipe", "pipe", "ignore"] });
  const started = await new Promise<boolean>((done) => {
    child.once("spawn", () => done(true));
    child.once("error", () => done(false));
  });
  if (!started) return undefined;
  child.stdin.on("error", () => {});
  child.stdin.end(dot);
  const closed = once(child, "close");
  const svg = await text(child.stdout);
  const [code] = (await closed) as [number | null];
  return code === 0 ? svg : undefined;
}

async function renderWithWasm(dot: string): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  return viz.renderString(dot, { format: "svg", engine: "dot" });
}
