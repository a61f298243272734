import type { ElfNote } from "./elf-notes.ts";

/** Registers of a thread at the time of the core, as many as an unwinder needs, and all for conservative scanning. */
export interface CoreThread {
  /** Thread id. The first thread of a core is the one that crashed. */
  id: number;
  pc: number;
  sp: number;
  /** Of arm64; 0 on amd64. */
  lr: number;
  registers: Float64Array;
}

interface CoreMapping {
  start: number;
  end: number;
  /** Offset in the file, bytes. */
  fileOffset: number;
  path: string;
}

export interface CoreNotes {
  threads: CoreThread[];
  mappings: CoreMapping[];
  /** AT_ENTRY and AT_PHDR of the auxiliary vector; 0 if absent. */
  entry: number;
  programHeaders: number;
  commandLine: string;
  signal: number;
}

const NT_PRSTATUS = 1;
const NT_PRPSINFO = 3;
const NT_AUXV = 6;
const NT_FILE = 0x46494c45;
const NT_SIGINFO = 0x53494749;
const AT_PHDR = 3;
const AT_ENTRY = 9;
/** Of pr_reg in elf_prstatus (include/uapi/linux/elfcore.h), the same on both machines. */
const REGISTERS_OFFSET = 112;
const MAX_MAPPINGS = 1_000_000;

/** Reads what the kernel and gcore say of the process. Notes that do not fit are passed over: a core may be cut. */
export function decodeCoreNotes(notes: readonly ElfNote[], machine: "amd64" | "arm64"): CoreNotes {
  const found: CoreNotes = {
    threads: [],
    mappings: [],
    entry: 0,
    programHeaders: 0,
    commandLine: "",
    signal: 0,
  };
  for (const { owner, type, bytes } of notes) {
    if (owner !== "CORE" && owner !== "LINUX") continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (type === NT_PRSTATUS) {
      const thread = decodeThread(view, machine);
      if (thread !== undefined) found.threads.push(thread);
    } else if (type === NT_FILE) found.mappings.push(...decodeMappings(view, bytes));
    else if (type === NT_AUXV) {
      for (let at = 0; at + 16 <= bytes.length; at += 16) {
        const key = address(view, at);
        if (key === AT_ENTRY) found.entry = address(view, at + 8);
        else if (key === AT_PHDR) found.programHeaders = address(view, at + 8);
      }
    } else if (type === NT_SIGINFO && bytes.length >= 4) found.signal = view.getInt32(0, true);
    else if (type === NT_PRPSINFO && bytes.length >= 136) {
      found.commandLine = new TextDecoder().decode(bytes.subarray(56, 136)).replace(/\0.*$/s, "").trim();
    }
  }
  return found;
}

function decodeThread(view: DataView, machine: "amd64" | "arm64"): CoreThread | undefined {
  const count = machine === "amd64" ? 27 : 34;
  if (view.byteLength < REGISTERS_OFFSET + count * 8) return undefined;
  const registers = Float64Array.from({ length: count }, (_, i) => address(view, REGISTERS_OFFSET + i * 8));
  const [pc, sp, lr] =
    machine === "amd64"
      ? [registers[16]!, registers[19]!, 0]
      : [registers[32]!, registers[31]!, registers[30]!];
  return { id: view.getUint32(32, true), pc, sp, lr, registers };
}

/** count, page size, then {start, end, offset in pages} each, then the paths. */
function decodeMappings(view: DataView, bytes: Uint8Array): CoreMapping[] {
  if (bytes.length < 16) return [];
  const count = address(view, 0);
  const pageSize = address(view, 8);
  if (count > MAX_MAPPINGS || 16 + count * 24 > bytes.length) return [];
  const mappings: CoreMapping[] = [];
  const decoder = new TextDecoder();
  let text = 16 + count * 24;
  for (let i = 0; i < count; i++) {
    const end = bytes.indexOf(0, text);
    if (end < 0) break;
    const at = 16 + i * 24;
    mappings.push({
      start: address(view, at),
      end: address(view, at + 8),
      fileOffset: address(view, at + 16) * pageSize,
      path: decoder.decode(bytes.subarray(text, end)),
    });
    text = end + 1;
  }
  return mappings;
}

function address(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}
