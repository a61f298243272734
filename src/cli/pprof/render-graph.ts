import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { UsageError } from "../exit-code.ts";
import type { ImageView } from "./flags.ts";

/**
 * Lays out a graph with Graphviz: the installed `dot`, or for SVG the same compiled to WebAssembly (@viz-js/viz).
 *
 * @throws UsageError if it takes an installed `dot` and there is none that works.
 */
export async function renderGraph(dot: string, format: ImageView): Promise<Uint8Array | string> {
  const image = await renderWithProgram(dot, format);
  if (image !== undefined) return image;
  if (format === "svg") return renderWithWasm(dot);
  throw new UsageError(
    `${format} needs Graphviz's dot, which is not installed or failed: install it, or take svg.`,
  );
}

/** Undefined if there is no `dot`, or it fails. */
async function renderWithProgram(dot: string, format: ImageView): Promise<Uint8Array | undefined> {
  const child = spawn("dot", [`-T${format}`], { stdio: ["pipe", "pipe", "ignore"] });
  const started = await new Promise<boolean>((done) => {
    child.once("spawn", () => done(true));
    child.once("error", () => done(false));
  });
  if (!started) return undefined;
  child.stdin.on("error", () => {});
  child.stdin.end(dot);
  const closed = once(child, "close");
  const image = await buffer(child.stdout);
  const [code] = (await closed) as [number | null];
  return code === 0 ? image : undefined;
}

async function renderWithWasm(dot: string): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  return viz.renderString(dot, { format: "svg", engine: "dot" });
}
