import { z } from "zod";
import { CHECK_TYPES } from "../src/patrol/check-types/check-types.ts";
import { DEFAULT_CHECKS } from "../src/patrol/config/default-checks.ts";
import { CHECK_KINDS, checkSchema, optionKeys } from "../src/patrol/config/schema/check-schema.ts";
import { LISTS, TABLES, topSchema } from "../src/patrol/config/schema/file-schema.ts";
import { ruleSchema } from "../src/patrol/config/schema/rule-schema.ts";
import { authSchema, SECRET_ENDINGS } from "../src/patrol/config/schema/secret-fields.ts";

/** The parts of JSON Schema that the page is made of. */
interface Node {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  anyOf?: Node[];
  oneOf?: Node[];
  items?: Node;
  properties?: Record<string, Node>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  examples?: unknown[];
}

/** docs/configuration.md: every key with type, default and meaning, from the schema that the loader checks with. */
export function renderConfigurationPage(): string {
  const parts = [INTRODUCTION, "## At the top of the file\n", renderTable(toNode(topSchema))];
  for (const [name, schema] of Object.entries(LISTS)) {
    if (name === "receivers") parts.push(renderChecks());
    parts.push(renderSection(`[[${name}]]`, toNode(schema)));
  }
  for (const [name, schema] of Object.entries(TABLES)) parts.push(renderSection(`[${name}]`, toNode(schema)));
  parts.push(renderSection("auth = { … }", toNode(authSchema)), SHORT_FORM, DISCOVERED, renderDefaults());
  return `${parts.join("\n").trim()}\n`;
}

function toNode(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: "input" }) as Node;
}

function renderSection(heading: string, node: Node): string {
  const lines = [`## ${heading}\n`, `${node.description ?? ""}.\n`];
  const nested: string[] = [];
  for (const branch of node.oneOf ?? [node]) {
    const kind = branch.properties?.["kind"];
    if (kind?.const !== undefined)
      lines.push(`### kind = "${String(kind.const)}"\n`, `${kind.description}.\n`);
    lines.push(renderTable(branch));
    for (const [key, inner] of Object.entries(branch.properties ?? {})) {
      if (key !== "auth" && (inner.properties ?? inner.oneOf) !== undefined) {
        nested.push(
          renderSection(`${heading.replaceAll(/[[\]]/g, "")}.${key}`, inner).replace(/^## /, "### "),
        );
      }
    }
  }
  return [...lines, ...nested].join("\n");
}

function renderTable({ properties = {}, required = [] }: Node, only?: (key: string) => boolean): string {
  const rows = Object.entries(properties).flatMap(([key, node]) => {
    if (node.const !== undefined || only?.(key) === false || isOtherWay(key, properties)) return [];
    const keys = SECRET_ENDINGS.map((ending) => `${key}${ending}`).filter((name) => name in properties);
    const names = keys.length === SECRET_ENDINGS.length ? keys : [key];
    const meaning = (node.description ?? "").replace(", in clear text; better by one of the next three", "");
    return [
      `| ${names.map((name) => `\`${name}\``).join(", ")} | ${typeOf(node)} | ${defaultOf(node, required.includes(key))} | ${escapeBars(meaning)} |`,
    ];
  });
  return ["| key | type | default | meaning |", "|---|---|---|---|", ...rows, ""].join("\n");
}

/** password_env beside password: told in one row. */
function isOtherWay(key: string, properties: Record<string, Node>): boolean {
  const ending = /_(env|file|vault)$/.exec(key)?.[0];
  const name = key.slice(0, -(ending?.length ?? 0) || undefined);
  return ending !== undefined && name in properties && `${name}_vault` in properties;
}

function typeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`"${String(value)}"\``).join(" ");
  if (node.pattern?.includes("ms|min")) return "duration";
  const [first] = node.examples ?? [];
  if (typeof first === "string" && /iB$/.test(first)) return "size";
  if (typeof first === "string" && first.endsWith("%")) return "share";
  if (node.anyOf !== undefined)
    return node.anyOf.some(({ type }) => type === "array") ? "matchers" : node.anyOf.map(typeOf).join(" or ");
  if (node.oneOf !== undefined) return "table";
  if (node.type === "array") return `list of ${typeOf(node.items ?? {})}`;
  if (node.type === "object") return "table";
  if (node.type === "string") return "text";
  if (node.type === "integer") return rangeOf(node, "whole number");
  if (node.type === "number") return rangeOf(node, "number");
  return node.type ?? "any";
}

function rangeOf({ minimum, maximum }: Node, name: string): string {
  const isBounded = maximum !== undefined && maximum < 2 ** 50;
  if (minimum !== undefined && minimum > -(2 ** 50))
    return isBounded ? `${name}, ${minimum} to ${maximum}` : `${name}, from ${minimum}`;
  return name;
}

function defaultOf(node: Node, isRequired: boolean): string {
  if (node.default !== undefined) {
    const text = JSON.stringify(node.default);
    return text.length > 60 ? "all" : `\`${escapeBars(text)}\``;
  }
  return isRequired ? "required" : "";
}

function escapeBars(text: string): string {
  return text.replaceAll("|", "\\|");
}

function renderChecks(): string {
  const branches = new Map(
    (toNode(checkSchema).oneOf ?? []).map((node) => [String(node.properties?.["kind"]?.const), node]),
  );
  const lines = [
    "## [[checks]]\n",
    "One thing that is done to targets on a schedule. These keys are those of every kind:\n",
  ];
  const [first] = branches.values();
  const firstOptions = new Set(optionKeys(CHECK_KINDS[0]!));
  lines.push(renderTable(first!, (key) => !firstOptions.has(key)));
  lines.push("### [[checks.rules]]\n", `${ruleSchema.description}.\n`, renderTable(toNode(ruleSchema)));
  for (const kind of CHECK_KINDS) {
    const own = new Set(optionKeys(kind));
    const type = CHECK_TYPES[kind];
    const metrics = Object.keys(type.metrics).map((name) =>
      name === "*" ? "columns or queries of your own" : `\`${name}\``,
    );
    lines.push(
      `### kind = "${kind}"\n`,
      `${type.heavy ? "Heavy. " : ""}Costs the target: ${type.cost}\n`,
      renderTable(branches.get(kind)!, (key) => own.has(key)),
      `Metrics for thresholds: ${metrics.join(", ")}.\n`,
    );
  }
  return lines.join("\n");
}

function renderDefaults(): string {
  const rows = DEFAULT_CHECKS.flatMap((check) =>
    (Array.isArray(check["rules"]) ? check["rules"] : []).map((rule) => {
      const { name, threshold, for: held = "0s", tier } = rule as Record<string, string>;
      return `| \`${check["name"]}\` | \`${name}\` | \`${threshold}\` | ${held} | ${tier} |`;
    }),
  );
  return [
    "## Default checks\n",
    "Unless `default_checks = false`, every target of [[targets]] and [[discovery]] gets three checks: `pprof` (L1, every 30 s), `runtime` (L2, every minute) and `inspect` (L3, hourly, for suspects). A [[checks]] of the same name takes the place of one. Their rules, besides `pprof-down` (twice in a row, P1):\n",
    "| check | rule | threshold | for | tier |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

const INTRODUCTION = `<!-- Written by scripts/make-schemas.ts from the schema; do not edit. -->
# Configuration of the patrol

A TOML file. Two lines are a working patrol:

\`\`\`toml
[[targets]]
address = "localhost:6060"
\`\`\`

\`gopatrol patrol check-config FILE\` tells everything that is wrong with one, with line, column and what to write
instead. examples/gopatrol.toml is a commented example, docs/schema/gopatrol-config-v1.schema.json a JSON Schema for
editors (with Even Better TOML or taplo: \`#:schema PATH\` in the first line).

- **duration**: a number with ms, s, m, h or d, also together: "30s", "1h30m".
- **size**: a number with B, KiB, MiB, GiB or TiB, as GOMEMLIMIT and Kubernetes mean them: "512MiB".
- **share**: "15%" or 0.15.
- **matchers**: \`["service=~\\"shop-.*\\"", "env!=dev"]\` as in Prometheus (RE2, the whole value), \`"*"\` for all, or a
  table of equal values. Besides a target's labels there is \`target\`, its id, and
  for [[checks]] what discovery knows of it, as \`__meta_*\` by Prometheus' names.
- **threshold**: docs/alerting.md.
- Paths are of the folder that the file lies in.
- A secret comes by one of four keys: \`password_env\` names an environment variable, \`password_file\` a file,
  \`password_vault\` a place in Vault, \`path#field\`; \`password\` is the text itself, accepted with a warning.
- SIGHUP, or a change of the file, makes the patrol read it anew; if it is wrong, the old one stays.
`;

const DISCOVERED = `## What sources say of targets

A source that fails keeps its last targets, and says how old they are. Of two targets with one id the first stays;
those of [[targets]] come before all.

**Files and HTTP**: \`[{"targets": ["10.0.0.5:6060"], "labels": {"service": "shop"}}]\`, in TOML as [[groups]]. Labels that
begin with \`__\` are instructions: \`__scheme__\`, \`__pprof_path__\`, \`__id__\`, \`__limit__\` (memory), \`__source__\`
(folder of the code).

**DNS**: the label \`dns_name\`.

**Kubernetes**: running pods, ready or not, by the port of \`port_name\`, else of the annotation, else one named pprof,
else the first. The container's memory limit is the target's. Labels: \`namespace\`, \`pod\`, \`container\`, \`node\`,
\`app\`, \`workload\`; of EndpointSlices \`namespace\`, \`service\`, \`pod\`, \`node\`. The service account needs list and
watch of what is asked for.

| annotation of a pod | meaning |
|---|---|
| \`gopatrol.io/skip: "true"\` | is no target |
| \`gopatrol.io/port\` | number or name of the port |
| \`gopatrol.io/path\` | where pprof's index is mounted |
| \`gopatrol.io/scheme\` | http or https |
`;

const SHORT_FORM = `## The short form

A table that is none of the above is a target with one check, both of the table's name:

\`\`\`toml
[mysql_primary]
host = "10.0.0.5"
port = 3306
timeout_ms = 500
check_query = "SELECT 1"
alert_threshold = "latency_ms > 300"
\`\`\`

It takes \`host\` and \`port\`, or \`address\`; \`labels\`, \`depends_on\`, \`limit\`, \`source\`; user, password and bearer
as in \`auth\`; and all keys of its check but \`name\`. The kind is \`kind\`, or what the table's name, the scheme or the
port says: mysql, mariadb, 3306 · postgres, 5432 · redis, valkey, 6379 · http, web, api, 80, 443, 8080 · pprof, 6060 ·
prometheus, 9090. Where these contradict each other the file is refused.
`;
