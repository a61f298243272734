import { z } from "zod";
import { parseDurationMs, parseSizeBytes } from "../../lib/parse-quantity.ts";

/**
 * Parts of the kinds' options. Keys are those of the TOML file. Every schema gives back what it takes (defaults filled
 * in), so that options may be checked when loaded and again when used.
 */

export const portOption = z.int().min(1).max(65_535).describe("Where the address names none");

/** "30s", "5m"; text, as it stands in the file. */
export const durationOption = z
  .string()
  .refine((text) => (parseDurationMs(text) ?? 0) > 0, { error: 'give a duration, such as "30s" or "5m"' });

/** "64MiB"; text, as it stands in the file. */
export const sizeOption = z
  .string()
  .refine((text) => (parseSizeBytes(text) ?? 0) > 0, { error: 'give a size, such as "64MiB"' });

export const pathOption = z
  .string()
  .regex(/^\/[^\s]*$/, { error: 'give a path that begins with "/"' })
  .max(2000);

/** A metric's name in a rule is an identifier. */
export const METRIC_NAME = /^[a-z_][a-z0-9_]*$/i;
export const metricNameOption = z
  .string()
  .max(64)
  .regex(METRIC_NAME, { error: "a metric's name has letters, digits and _ only" });

const MAX_QUERY = 8000;
export const queryOption = z.string().trim().min(1).max(MAX_QUERY);

/** How a connection is made safe where the URL says that it is TLS. A client certificate comes by `auth` of kind "tls". */
export const HTTPS_OPTIONS = {
  server_name: z
    .string()
    .min(1)
    .optional()
    .describe("Name that the certificate must be for, where it is not the host's"),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file of the authorities to trust, instead of the system's"),
  insecure: z.boolean().default(false).describe("Take any certificate"),
} as const;

/** The same where nothing else says whether it is TLS. */
export const TLS_OPTIONS = {
  tls: z.boolean().default(false).describe("Speak TLS"),
  ...HTTPS_OPTIONS,
} as const;
