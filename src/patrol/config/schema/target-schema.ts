import { z } from "zod";
import { duration, httpUrl, labels, size, text } from "./fields.ts";
import { authSchema } from "./secret-fields.ts";

const SELECTION = {
  labels: labels().prefault({}).describe("Labels, for matchers, grouping and metrics"),
  checks: z
    .array(text())
    .prefault([])
    .describe("Names of checks that it gets besides the default ones and those whose match fits"),
  default_checks: z
    .boolean()
    .optional()
    .describe("Whether it gets the checks pprof, runtime and inspect; default: as at the top of the file"),
};

export const targetSchema = z
  .strictObject({
    id: text()
      .max(200)
      .optional()
      .describe("Unique name under which it is reported, silenced and asked about; default: the address"),
    address: text().describe("URL, host:port, or pid:N for a process of this machine"),
    ...SELECTION,
    depends_on: z
      .array(text())
      .prefault([])
      .describe(
        "Ids of targets without which it cannot work: while one of them is down, its alerts are held",
      ),
    limit: size().optional().describe("Memory limit, if it cannot be found out by asking"),
    source: text().optional().describe("Folder of the service's source code, to name the line to change"),
    auth: authSchema.optional().describe("Credentials and TLS; a check's own come first"),
  })
  .describe("One service to patrol");

const EVERY_SOURCE = {
  ...SELECTION,
  refresh: duration({ min: 1000 }).prefault("1m").describe("How often it is asked"),
};

export const discoverySchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("file").describe("Files in the format of Prometheus' file_sd: JSON, YAML or TOML"),
      files: z.array(text()).min(1).describe("Paths; the last part may hold *"),
      ...EVERY_SOURCE,
    }),
    z.strictObject({
      kind: z.literal("http").describe("A URL that answers in the format of Prometheus' http_sd"),
      url: httpUrl().describe("Where to ask"),
      auth: authSchema.optional().describe("Credentials and TLS of the source itself"),
      ...EVERY_SOURCE,
    }),
    z.strictObject({
      kind: z.literal("dns").describe("Names in the DNS"),
      names: z.array(text()).min(1).describe("Names to look up"),
      type: z.enum(["A", "AAAA", "SRV"]).prefault("SRV").describe("Kind of record"),
      port: z.int().min(1).max(65_535).optional().describe("Port of A and AAAA records"),
      ...EVERY_SOURCE,
    }),
    z.strictObject({
      kind: z.literal("kubernetes").describe("Pods or EndpointSlices, from the Kubernetes API"),
      api_server: httpUrl().optional().describe("Default: in the cluster, by the pod's service account"),
      auth: authSchema.optional().describe("Credentials and TLS of the API; default: the service account's"),
      namespaces: z.array(text()).prefault([]).describe("Empty: all that the account may list"),
      role: z.enum(["pod", "endpointslice"]).prefault("pod").describe("What becomes a target"),
      selector: text().optional().describe('Label selector as kubectl takes it: "app=shop,tier!=cache"'),
      port_name: text()
        .optional()
        .describe(
          "Name of the container port to ask; default: the annotation gopatrol.io/port, else each pod's first",
        ),
      ...EVERY_SOURCE,
    }),
  ])
  .describe("A source of targets that come and go");
