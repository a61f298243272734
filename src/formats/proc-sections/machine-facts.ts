import type { HugePageSettings, MachineFacts } from "../../tables/process-facts.ts";
import type { FileSection } from "./decode.ts";

const HUGE_PAGES = "/sys/kernel/mm/transparent_hugepage/";

export function findMachineFacts(sections: readonly FileSection[]): MachineFacts {
  const facts: MachineFacts = {};
  const hugePages: HugePageSettings = {};
  for (const { path, text } of sections) {
    // "always [madvise] never": the chosen word is in brackets.
    const chosen = /\[([\w+]{1,20})\]/.exec(text)?.[1];
    if (path === `${HUGE_PAGES}enabled` && chosen !== undefined) hugePages.enabled = chosen;
    if (path === `${HUGE_PAGES}defrag` && chosen !== undefined) hugePages.defrag = chosen;
    if (path === `${HUGE_PAGES}khugepaged/max_ptes_none` && /^\d{1,9}\s*$/.test(text))
      hugePages.maxPtesNone = Number(text);
    if (path === "/proc/uptime" && /^\d{1,12}(\.\d+)? /.test(text))
      facts.uptimeSeconds = Number.parseFloat(text);
    if (path === "/proc/pressure/cpu") {
      const percent = /^some avg10=(\d{1,3}(?:\.\d+)?)/m.exec(text)?.[1];
      if (percent !== undefined) facts.cpuPressureSome10 = Number(percent) / 100;
    }
    if (path === "/proc/meminfo") {
      const kilobytes = /^MemTotal: +(\d{1,15}) kB$/m.exec(text)?.[1];
      if (kilobytes !== undefined) facts.memoryBytes = Number(kilobytes) * 1024;
    }
    if (/^\/proc\/\d+\/exe$/.test(path) && text.trim() !== "") facts.exe = text.replace(/\n$/, "");
  }
  if (Object.keys(hugePages).length > 0) facts.hugePages = hugePages;
  return facts;
}
