// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type { FlameData } from "../../report/pprof/flame-data.ts";
import type { PackedHead } from "../../report/pprof/pack-flame.ts";

/** What `packFlame` wrote. The columns are views of the bytes. */
export async function unpackFlame(base64: string): Promise<FlameData> {
  const letters = atob(base64);
  const packed = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) packed[at] = letters.charCodeAt(at);
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = await new Response(inflated).arrayBuffer();
  const align = (offset: number) => Math.ceil(offset / 8) * 8;
  const headLength = new DataView(bytes).getUint32(0, true);
  const head: PackedHead = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, headLength)));
  const columns: Record<string, unknown> = { total: [], self: [], base: [] };
  let offset = align(8 + headLength);
  for (const { key, at, kind, values } of head.columns) {
    let column: Int32Array | Uint32Array | Uint8Array | Float64Array;
    if (kind === "f64") column = new Float64Array(bytes, offset, values);
    else if (kind === "i32") column = new Int32Array(bytes, offset, values);
    else if (kind === "u32") column = new Uint32Array(bytes, offset, values);
    else column = new Uint8Array(bytes, offset, values);
    if (at < 0) columns[key] = column;
    else (columns[key] as unknown[])[at] = column;
    offset = align(offset + column.byteLength);
  }
  return { ...head.data, ...columns } as FlameData;
}
