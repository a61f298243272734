import { z } from "zod";
import type { AuthConfig, SecretRef, TlsConfig } from "../patrol-config.ts";
import { text } from "./fields.ts";

/** The four ways to give a secret, as endings of its key. */
export const SECRET_ENDINGS = ["", "_env", "_file", "_vault"] as const;

/** Keys whose values must not be repeated in a message. */
export const SECRET_NAMES: ReadonlySet<string> = new Set([
  "password",
  "bearer",
  "token",
  "secret",
  "salt",
  "role_id",
  "secret_id",
  "secret_key",
  "key_id",
]);

/** Its value is not repeated: it holds a key. */
const HTTP_TEXT = text().regex(/^https?:\/\/[^/\s]+/i, {
  error: 'is not an http or https URL: write "https://host/path"',
});

/**
 * Keys that give one secret: the text itself, the name of an environment variable, a file, or `path#field` in Vault.
 * That only one of them stands there is checked for the whole file at once (check-secrets.ts).
 */
export function secretFields<Name extends string>(name: Name, what: string) {
  const fields: Record<string, z.ZodOptional<z.ZodString>> = {
    [name]: (name === "url" ? HTTP_TEXT : text())
      .optional()
      .describe(`${what}, in clear text; better by one of the next three`),
    [`${name}_env`]: text()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        // The value is not repeated: people put the secret itself here.
        error: "is not the name of an environment variable: letters, digits and _ only",
      })
      .optional()
      .describe(`${what}: the environment variable that holds it`),
    [`${name}_file`]: text().optional().describe(`${what}: the file that holds it`),
    [`${name}_vault`]: text()
      .regex(/^[^#\s][^#]*#[^#\s]+$/, {
        error: 'is not a place in Vault: write "path#field", e.g. "secret/shop#password"',
      })
      .optional()
      .describe(
        `${what}: its place in Vault, "path#field", e.g. "secret/shop#password" or "database/creds/ro#password"`,
      ),
  };
  return fields as Record<
    Name | `${Name}_env` | `${Name}_file` | `${Name}_vault`,
    z.ZodOptional<z.ZodString>
  >;
}

/** The first of the keys that is there; null if none is. */
export function readSecret(table: Readonly<Record<string, unknown>>, name: string): SecretRef | null {
  const at = (ending: string) => table[`${name}${ending}`] as string | undefined;
  const env = at("_env");
  if (env !== undefined) return { from: "env", name: env };
  const path = at("_file");
  if (path !== undefined) return { from: "file", path };
  const vault = at("_vault");
  if (vault !== undefined) {
    const mark = vault.lastIndexOf("#");
    return { from: "vault", path: vault.slice(0, mark).replace(/^\/+/, ""), field: vault.slice(mark + 1) };
  }
  const written = at("");
  return written === undefined ? null : { from: "text", text: written };
}

/** Refuses a table that gives the secret `name` in none of its ways. */
export function needsSecret(name: string) {
  return (table: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void => {
    if (readSecret(table, name) !== null) return;
    context.addIssue({
      code: "custom",
      message: `"${name}" is missing`,
      path: [],
      params: { code: "missing-key", hint: `add ${name}_env = "NAME", or ${name}_file`, part: "key" },
    });
  };
}

/** Credentials and TLS of a target, a check, a source of targets or a sink. */
export const authSchema = z
  .strictObject({
    ...secretFields("user", "User name"),
    ...secretFields("password", "Password"),
    ...secretFields("bearer", "Bearer token"),
    ca_file: text().optional().describe("PEM file of the certificate authorities to trust"),
    cert_file: text().optional().describe("PEM file of the client certificate"),
    key_file: text().optional().describe("PEM file of its key"),
    insecure: z.boolean().optional().describe("Accept any server certificate"),
  })
  .superRefine((auth, context) => {
    const user = readSecret(auth, "user");
    const password = readSecret(auth, "password");
    const bearer = readSecret(auth, "bearer");
    const refuse = (path: string, message: string, hint: string) =>
      context.addIssue({ code: "custom", message, path: [path], params: { code: "bad-auth", hint } });
    const keyOf = (name: string) =>
      SECRET_ENDINGS.map((e) => `${name}${e}`).find((key) => key in auth) ?? name;
    if (bearer !== null && (user !== null || password !== null)) {
      refuse(keyOf("bearer"), "a bearer token stands beside a user or password", "give one of the two");
    } else if (user !== null && password === null) {
      refuse(keyOf("user"), "the user has no password", "add password_env or password_file");
    }
    if ((auth.cert_file === undefined) !== (auth.key_file === undefined)) {
      const given = auth.cert_file === undefined ? "key_file" : "cert_file";
      refuse(given, "stands alone", "a client certificate needs cert_file and key_file");
    }
  });

/** Null for an empty table too. */
export function buildAuth(auth: z.output<typeof authSchema> | undefined): AuthConfig | null {
  if (auth === undefined) return null;
  const hasTls = auth.ca_file ?? auth.cert_file ?? auth.insecure;
  const tls: TlsConfig | null =
    hasTls === undefined
      ? null
      : {
          caFile: auth.ca_file ?? null,
          certFile: auth.cert_file ?? null,
          keyFile: auth.key_file ?? null,
          insecure: auth.insecure ?? false,
        };
  const withTls = tls === null ? {} : { tls };
  const token = readSecret(auth, "bearer");
  if (token !== null) return { kind: "bearer", token, ...withTls };
  const password = readSecret(auth, "password");
  if (password !== null) {
    // Redis knows a password without a user.
    const user = readSecret(auth, "user") ?? { from: "text" as const, text: "" };
    return { kind: "basic", user, password, ...withTls };
  }
  return tls === null ? null : { kind: "tls", ...tls };
}
