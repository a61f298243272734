import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** File names a tool goes by, best first. */
const TOOL_NAMES = {
  go: ["go"],
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  prometheus: ["prometheus"],
  promtool: ["promtool"],
  "prometheus-alertmanager": ["prometheus-alertmanager", "alertmanager"],
  etcd: ["etcd"],
  dot: ["dot"],
  "redis-server": ["redis-server"],
  mariadbd: ["mariadbd", "mysqld"],
  postgres: ["postgres"],
  "qemu-aarch64": ["qemu-aarch64", "qemu-aarch64-static"],
} as const;

export type ToolName = keyof typeof TOOL_NAMES;

export interface RequiredTool {
  available: boolean;
  /** Where on PATH the tool is, "" if it is not. */
  path: string;
  /** For the name of a skipped test: "" where the tool is there. */
  skipReason: string;
}

/**
 * Looks for a program that some tests need and users do not, for `describe.skipIf(!tool.available)`.
 *
 * With GOPATROL_REQUIRE_TOOLS=1 a missing tool throws, so that a machine meant to run everything cannot pass by
 * skipping.
 */
export function requiredTool(name: ToolName): RequiredTool {
  for (const directory of [...(process.env["PATH"] ?? "").split(delimiter), ...listServerFolders()]) {
    for (const fileName of TOOL_NAMES[name]) {
      const path = join(directory, fileName);
      if (directory !== "" && isExecutable(path)) return { available: true, path, skipReason: "" };
    }
  }
  if (process.env["GOPATROL_REQUIRE_TOOLS"] === "1") {
    throw new Error(
      `${name} is not on PATH, and GOPATROL_REQUIRE_TOOLS=1 forbids skipping the tests that need it`,
    );
  }
  return { available: false, path: "", skipReason: ` (skipped: ${name} is not on PATH)` };
}

/** Where Debian has servers that nobody starts by hand. */
function listServerFolders(): string[] {
  const postgres = "/usr/lib/postgresql";
  try {
    return ["/usr/sbin", ...readdirSync(postgres).map((version) => join(postgres, version, "bin"))];
  } catch {
    return ["/usr/sbin"];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
