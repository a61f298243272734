/**
 * Numbers in DWARF (x86-64 psABI, figure 3.36) of the registers of a core's thread in the order of elf_prstatus, and of
 * an interrupted one in that of sigcontext; -1 for those without.
 */
const AMD64_PRSTATUS = [15, 14, 13, 12, 6, 3, 11, 10, 9, 8, 0, 2, 1, 4, 5, -1, 16, -1, -1, 7];
const AMD64_SIGCONTEXT = [8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16];

/** The number in DWARF of register `index` of `count`, or -1. On arm64 they are in the machine's own order. */
export function dwarfRegister(arch: "amd64" | "arm64", count: number, index: number): number {
  if (arch === "arm64") return index <= 31 ? index : -1;
  return (count === AMD64_SIGCONTEXT.length ? AMD64_SIGCONTEXT : AMD64_PRSTATUS)[index] ?? -1;
}
