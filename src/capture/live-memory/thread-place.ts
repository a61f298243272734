/** Where a stopped thread is: all that unwinding needs. Its other registers are only a debugger's to read. */
export interface ThreadPlace {
  id: number;
  pc: number;
  sp: number;
}

/**
 * Reads /proc/PID/task/TID/syscall (proc_pid_syscall(5)): "230 0x0 … 0x7ffd 0x7ff6" within a system call, "-1 0x7ffd
 * 0x7ff6" elsewhere; stack pointer and program counter are the last two. Undefined for "running".
 */
export function decodeThreadPlace(id: number, text: string): ThreadPlace | undefined {
  const words = text.trim().split(" ");
  const [sp, pc] = words.slice(-2).map(Number);
  if (words.length < 3 || !Number.isFinite(sp) || !Number.isFinite(pc)) return undefined;
  return { id, sp: sp!, pc: pc! };
}

/** State and start time of a line of /proc/PID/stat; the name before them may hold anything, brackets too. */
export function decodeProcessStat(text: string): { state: string; startTime: string } | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

/** AT_PAGESZ and AT_ENTRY of /proc/PID/auxv. */
export function decodeAuxiliaryVector(bytes: Uint8Array): { pageBytes: number; entry: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<number, number>();
  for (let at = 0; at + 16 <= bytes.length; at += 16)
    values.set(view.getUint32(at, true), Number(view.getBigUint64(at + 8, true)));
  return { pageBytes: values.get(6) ?? 4096, entry: values.get(9) ?? 0 };
}
