import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPatrolConfig } from "../../src/patrol/config/load-config.ts";
import { PATROL_METRICS } from "../../src/patrol/exporter/patrol-metrics.ts";
import { requiredTool } from "../support/required-tool.ts";

const deploy = resolve(import.meta.dirname, "../../deploy");
const read = (path: string): string => readFileSync(join(deploy, path), "utf8");
const promtool = requiredTool("promtool");

/** Names of our metrics in an expression, without what a histogram appends. */
function metricsIn(expression: string): string[] {
  return [...expression.matchAll(/\b(?:gopatrol|process)_[a-z_]+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ""),
  );
}

function unknownMetrics(expressions: readonly string[]): string[] {
  const known = new Set(PATROL_METRICS.map(({ name }) => name));
  return expressions.flatMap(metricsIn).filter((name) => !known.has(name));
}

describe("the Grafana dashboard", () => {
  const dashboard = JSON.parse(read("grafana/gopatrol.json")) as {
    panels: { id: number; title: string; targets: { expr: string }[] }[];
  };
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it("asks for metrics that the exporter has", () => {
    expect(expressions.length).toBeGreaterThan(20);
    expect(unknownMetrics(expressions)).toEqual([]);
    for (const expression of expressions) expect(metricsIn(expression)).not.toEqual([]);
  });

  it("has a number of its own for each panel", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.skipIf(!promtool.available)(`holds PromQL only${promtool.skipReason}`, () => {
    const dir = mkdtempSync(join(tmpdir(), "gopatrol-dashboard-"));
    const rules = expressions.map((expr, i) => ({
      record: `dashboard:panel:${i}`,
      expr: expr.replaceAll("$target", "x"),
    }));
    writeFileSync(join(dir, "rules.yml"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { status, stderr } = spawnSync(promtool.path, ["check", "rules", join(dir, "rules.yml")], {
      encoding: "utf8",
    });
    rmSync(dir, { recursive: true });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("the rules about the patrol itself", () => {
  const rules = read("prometheus-rules.yml");

  it("ask for metrics that the exporter has, and have a runbook each", () => {
    expect(unknownMetrics([...rules.matchAll(/expr: (.*)/g)].map(([, expr]) => expr!))).toEqual([]);
    const operations = readFileSync(resolve(deploy, "../docs/operations.md"), "utf8");
    const headings = new Set(
      [...operations.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.toLowerCase()),
    );
    for (const [, anchor] of rules.matchAll(/operations\.md#(\w+)/g)) expect(headings).toContain(anchor);
  });

  it.skipIf(!promtool.available)(`pass promtool check rules${promtool.skipReason}`, () => {
    const { status } = spawnSync(promtool.path, ["check", "rules", join(deploy, "prometheus-rules.yml")]);
    expect(status).toBe(0);
  });
});

describe("the files for Elasticsearch and Kibana", () => {
  it("fit each other", () => {
    const template = JSON.parse(read("elasticsearch/index-template.json")) as {
      index_patterns: string[];
      data_stream: object;
    };
    expect(template).toMatchObject({ index_patterns: ["gopatrol-runs*"], data_stream: {} });
    const objects = read("kibana/gopatrol.ndjson")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SavedObject);
    const ids = new Set(objects.map(({ type, id }) => `${type}/${id}`));
    for (const { references } of objects) {
      for (const { type, id } of references) expect(ids).toContain(`${type}/${id}`);
    }
    expect(objects.find(({ type }) => type === "index-pattern")?.attributes.title).toBe(
      template.index_patterns[0],
    );
  });
});

interface SavedObject {
  type: string;
  id: string;
  attributes: { title?: string };
  references: { type: string; id: string }[];
}

describe("the systemd units", () => {
  const services = readdirSync(join(deploy, "systemd")).filter((name) => name.endsWith(".service"));

  it.each(services)("give %s no privilege", (name) => {
    const lines = new Set(read(`systemd/${name}`).split("\n"));
    for (const line of [
      "DynamicUser=yes",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "AmbientCapabilities=",
      "ProtectSystem=strict",
      "ProtectHome=yes",
      "RestrictSUIDSGID=yes",
      "SystemCallFilter=@system-service",
      "LimitCORE=0",
    ]) {
      expect(lines).toContain(line);
    }
  });

  const analyze = "/usr/bin/systemd-analyze";
  it.skipIf(!existsSync(analyze))("are understood by systemd", () => {
    const dir = mkdtempSync(join(tmpdir(), "gopatrol-units-"));
    const units = readdirSync(join(deploy, "systemd"));
    for (const unit of units) {
      writeFileSync(
        join(dir, unit),
        read(`systemd/${unit}`).replaceAll("/usr/bin/gopatrol", process.execPath),
      );
    }
    const { stderr, status } = spawnSync(
      analyze,
      ["verify", "--man=no", ...units.map((unit) => join(dir, unit))],
      {
        encoding: "utf8",
      },
    );
    rmSync(dir, { recursive: true });
    expect([status, stderr.split("\n").filter((line) => line.includes("gopatrol"))]).toEqual([0, []]);
  });

  it.skipIf(!existsSync(analyze)).each(services)("leave %s little of the machine", (name) => {
    // In tenths of systemd's exposure, from 0 to 10: it is 1.4, for the network and for processes of others.
    const { status, stdout } = spawnSync(
      analyze,
      ["security", "--offline=true", "--no-pager", "--threshold=15", join(deploy, "systemd", name)],
      { encoding: "utf8" },
    );
    expect(status, stdout).toBe(0);
  });
});

describe("the Kubernetes manifests", () => {
  const files = readdirSync(join(deploy, "kubernetes")).filter((name) => name.endsWith(".yaml"));
  const documents = files.flatMap((name) => read(`kubernetes/${name}`).split(/^---$/m));
  const KNOWN: Readonly<Record<string, string>> = {
    Namespace: "v1",
    ServiceAccount: "v1",
    ConfigMap: "v1",
    Service: "v1",
    PersistentVolumeClaim: "v1",
    ClusterRole: "rbac.authorization.k8s.io/v1",
    ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
    Deployment: "apps/v1",
    CronJob: "batch/v1",
    NetworkPolicy: "networking.k8s.io/v1",
  };

  it("are of kinds and versions that clusters have", () => {
    for (const text of documents) {
      const kind = /^kind: (\w+)$/m.exec(text)?.[1] ?? "none";
      expect(`${kind} ${/^apiVersion: (\S+)$/m.exec(text)?.[1]}`).toBe(`${kind} ${KNOWN[kind]}`);
      expect(text).not.toMatch(/\t/);
    }
  });

  it("hold a configuration without errors, whose listener the probes reach", () => {
    const map = documents.find((text) => /^kind: ConfigMap$/m.test(text))!;
    const toml = map.split("gopatrol.toml: |\n")[1]!.replace(/^ {4}/gm, "");
    const { config, errors, warnings } = loadPatrolConfig(toml);
    expect([errors, warnings]).toEqual([[], []]);
    expect(config!.server).toEqual({ host: "0.0.0.0", port: 9464 });
    for (const text of documents) {
      for (const [, port] of text.matchAll(/(?:containerPort|TCP, port): (\d{3,})/g))
        expect(port).toBe("9464");
    }
  });

  it("ask for nothing that the restricted profile forbids, and only read", () => {
    const workloads = documents.filter((text) => /^kind: (Deployment|CronJob)$/m.test(text));
    expect(workloads).toHaveLength(2);
    for (const text of workloads) {
      for (const line of [
        "runAsNonRoot: true",
        "allowPrivilegeEscalation: false",
        "readOnlyRootFilesystem: true",
        "capabilities: { drop: [ALL] }",
        "seccompProfile: { type: RuntimeDefault }",
      ]) {
        expect(text).toContain(line);
      }
      expect(text).not.toMatch(/hostNetwork|hostPID|hostPath|privileged/);
    }
    for (const [, verbs] of documents.join("").matchAll(/verbs: \[(.*)\]/g))
      expect(verbs).toBe("get, list, watch");
  });
});

describe("the image", () => {
  it("runs without root and copies only what is there", () => {
    const root = resolve(deploy, "..");
    const text = readFileSync(join(root, "Dockerfile"), "utf8");
    expect(text).toMatch(/^USER 65532:65532$/m);
    for (const [, sources] of text.matchAll(/^COPY (?!--from)(.*) \S+$/gm)) {
      for (const source of sources!.split(" ")) expect(existsSync(join(root, source)), source).toBe(true);
    }
  });
});
