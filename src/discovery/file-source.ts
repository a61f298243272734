import { glob, open } from "node:fs/promises";
import { parse, TomlError } from "smol-toml";
import { parse as parseYaml } from "yaml";
import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { DiscoveryError } from "./discovery-error.ts";
import { readTargetGroups } from "./target-group.ts";

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 1000;

/** Targets of one file, or why it cannot be used; kept apart, so that a broken file takes no other's targets away. */
export type FileTargets = { path: string } & ({ targets: TargetConfig[] } | { problem: string });

/** All files that the patterns fit, in order. A pattern without `*` names a file that must be there. */
export async function readTargetFiles(
  source: Extract<DiscoveryConfig, { kind: "file" }>,
): Promise<FileTargets[]> {
  const paths = new Set<string>();
  for (const pattern of source.files) {
    if (!/[*?[{]/.test(pattern)) paths.add(pattern);
    else {
      for await (const path of glob(pattern)) {
        if (paths.size >= MAX_FILES) throw new DiscoveryError(`${pattern} fits more than ${MAX_FILES} files`);
        paths.add(path);
      }
    }
  }
  return Promise.all([...paths].sort().map((path) => readTargetFile(path, source)));
}

async function readTargetFile(path: string, source: DiscoveryConfig): Promise<FileTargets> {
  try {
    const text = await readBounded(path);
    return { path, targets: readTargetGroups(parseGroups(path, text), source) };
  } catch (error) {
    if (error instanceof DiscoveryError) return { path, problem: error.message };
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string") throw error;
    return { path, problem: `it cannot be read (${code})` };
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw new DiscoveryError("it is larger than 32 MiB");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** More aliases than this are a bomb, not a list of targets. */
const MAX_YAML_ALIASES = 100;

/** JSON and YAML as Prometheus has them; TOML as `[[groups]]` with the same keys. */
function parseGroups(path: string, text: string): unknown {
  if (/\.toml$/i.test(path)) {
    try {
      return parse(text)["groups"] ?? [];
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      throw new DiscoveryError(`not valid TOML: ${error.message.split("\n")[0]} (line ${error.line})`);
    }
  }
  if (/\.ya?ml$/i.test(path)) {
    try {
      return parseYaml(text, { maxAliasCount: MAX_YAML_ALIASES }) ?? [];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new DiscoveryError(`not valid YAML: ${error.message.split("\n")[0]}`);
    }
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new DiscoveryError("not valid JSON");
  }
}
