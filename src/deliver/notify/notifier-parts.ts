import type { ReceiverConfig, SecretRef } from "../../patrol/config/patrol-config.ts";

/** What notifiers need of the world around them. */
export interface NotifierParts {
  /** Clear text of a secret; asked for each message, so that a rotated one is taken up. Throws SecretError. */
  secret(ref: SecretRef): Promise<string>;
  wallMs(): number;
  /** IANA name of the zone in which the readers live. */
  timeZone: string;
  /** Where the receiver of kind `log` writes. */
  log(line: string, fields: Readonly<Record<string, unknown>>): void;
}

/** Where a secret comes from, in words that do not tell it. */
export function describeSecret(ref: SecretRef | null): string {
  switch (ref?.from) {
    case "env":
      return `the URL in $${ref.name}`;
    case "file":
      return `the URL in ${ref.path}`;
    case "vault":
      return `the URL in Vault at ${ref.path}`;
    case "text":
      return URL.canParse(ref.text) ? `${new URL(ref.text).origin}/…` : "its URL";
    case undefined:
      return "no URL";
  }
}

export async function readUrl(config: ReceiverConfig, parts: NotifierParts): Promise<URL> {
  if (config.url === null) throw new Error("it has no URL");
  const text = await parts.secret(config.url);
  // The text is not quoted: it is the secret.
  if (!URL.canParse(text)) throw new Error("its URL is none");
  return new URL(text);
}

export function readStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
