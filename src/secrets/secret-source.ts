import type { Clock } from "../lib/clock.ts";
import type { SecretRef, VaultConfig } from "../patrol/config/patrol-config.ts";
import { SecretError } from "./secret-error.ts";
import { readSecretFile } from "./secret-file.ts";
import { type VaultEvent, VaultSession } from "./vault-session.ts";

export interface SecretSourceOptions {
  vault: VaultConfig | null;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** A doubtful thing about a secret, once each. */
  warn(message: string): void;
  onVaultEvent(event: VaultEvent): void;
}

/** Clear text of the secrets that a configuration names. Asked at each use, so that a rotated one is taken up. */
export interface SecretSource {
  /** Throws SecretError. */
  read(ref: SecretRef): Promise<string>;
  /** Revokes what was taken from Vault. */
  close(signal: AbortSignal): Promise<void>;
}

export function openSecretSource(options: SecretSourceOptions): SecretSource {
  const warned = new Set<string>();
  const warn = (message: string): void => {
    if (warned.has(message)) return;
    warned.add(message);
    options.warn(message);
  };
  const read = async (ref: SecretRef): Promise<string> => {
    switch (ref.from) {
      case "text":
        return ref.text;
      case "env": {
        const value = options.env[ref.name];
        if (value !== undefined && value !== "") return value;
        const what = value === "" ? "is empty" : "is not set";
        throw new SecretError(
          "no-such-variable",
          `the environment variable ${ref.name} ${what}`,
          `set ${ref.name}`,
        );
      }
      case "file":
        return readSecretFile(ref.path, warn);
      case "vault":
        if (session === null) {
          throw new SecretError("vault-not-configured", `${ref.path} is to come from Vault`, "add [vault]");
        }
        return session.read(ref.path, ref.field);
    }
  };
  const session =
    options.vault === null
      ? null
      : new VaultSession({ config: options.vault, clock: options.clock, read, tell: options.onVaultEvent });
  return { read, close: async (signal) => session?.close(signal) };
}
