import type { PatrolConfig, SecretRef } from "../patrol/config/patrol-config.ts";

/** Paths of all files that the configuration takes secrets from, wherever in it they are named. */
export function listSecretFiles(config: PatrolConfig): string[] {
  const paths = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(each);
    } else if (typeof value === "object" && value !== null) {
      const ref = value as Partial<SecretRef>;
      if (ref.from === "file" && "path" in ref && typeof ref.path === "string") paths.add(ref.path);
      for (const [key, each] of Object.entries(value)) {
        if (key === "keyFile" && typeof each === "string") paths.add(each);
        else walk(each);
      }
    }
  };
  walk(config);
  return [...paths];
}
