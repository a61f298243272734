import type { RuntimeLayout } from "./layout-fields.ts";

type Load = () => Promise<{ default: unknown }>;

/** One file each, so that a run reads the one it needs. Made by scripts/make-go-layouts.ts. */
const TABLES: Record<string, Load> = {
  "1.19-amd64": () => import("./layouts/go1.19-amd64.json", { with: { type: "json" } }),
  "1.19-arm64": () => import("./layouts/go1.19-arm64.json", { with: { type: "json" } }),
  "1.20-amd64": () => import("./layouts/go1.20-amd64.json", { with: { type: "json" } }),
  "1.20-arm64": () => import("./layouts/go1.20-arm64.json", { with: { type: "json" } }),
  "1.21-amd64": () => import("./layouts/go1.21-amd64.json", { with: { type: "json" } }),
  "1.21-arm64": () => import("./layouts/go1.21-arm64.json", { with: { type: "json" } }),
  "1.22-amd64": () => import("./layouts/go1.22-amd64.json", { with: { type: "json" } }),
  "1.22-arm64": () => import("./layouts/go1.22-arm64.json", { with: { type: "json" } }),
  "1.23-amd64": () => import("./layouts/go1.23-amd64.json", { with: { type: "json" } }),
  "1.23-arm64": () => import("./layouts/go1.23-arm64.json", { with: { type: "json" } }),
  "1.24-amd64": () => import("./layouts/go1.24-amd64.json", { with: { type: "json" } }),
  "1.24-arm64": () => import("./layouts/go1.24-arm64.json", { with: { type: "json" } }),
  "1.25-amd64": () => import("./layouts/go1.25-amd64.json", { with: { type: "json" } }),
  "1.25-arm64": () => import("./layouts/go1.25-arm64.json", { with: { type: "json" } }),
  "1.26-amd64": () => import("./layouts/go1.26-amd64.json", { with: { type: "json" } }),
  "1.26-arm64": () => import("./layouts/go1.26-arm64.json", { with: { type: "json" } }),
  "1.27-amd64": () => import("./layouts/go1.27-amd64.json", { with: { type: "json" } }),
  "1.27-arm64": () => import("./layouts/go1.27-arm64.json", { with: { type: "json" } }),
};

/** The layout of a version ("1.26") on a machine; undefined if there is none. */
export async function loadLayout(minor: string, arch: "amd64" | "arm64"): Promise<RuntimeLayout | undefined> {
  const load = TABLES[`${minor}-${arch}`];
  return load === undefined ? undefined : ((await load()).default as RuntimeLayout);
}
