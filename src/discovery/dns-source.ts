import { Resolver } from "node:dns/promises";
import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { DiscoveryError } from "./discovery-error.ts";
import type { SourceContext } from "./source-context.ts";
import { buildTarget, MAX_TARGETS } from "./target-group.ts";

const TIMEOUT_MS = 3000;
const TRIES = 2;
/** The name is not there, or has no such record: an answer, and not a failure. */
const NOTHING = new Set(["ENOTFOUND", "ENODATA"]);

/** Targets of one name. A and AAAA with the source's port, SRV with that of each record. Throws DiscoveryError. */
export async function lookUpTargets(
  name: string,
  source: Extract<DiscoveryConfig, { kind: "dns" }>,
  { dnsServers }: SourceContext,
): Promise<TargetConfig[]> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (dnsServers !== undefined) resolver.setServers([...dnsServers]);
  let addresses: string[];
  try {
    addresses = await lookUp(resolver, name, source);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string") throw error;
    if (NOTHING.has(code)) return [];
    throw new DiscoveryError(`${name} cannot be looked up (${code})`);
  }
  if (addresses.length > MAX_TARGETS)
    throw new DiscoveryError(`${name} has more than ${MAX_TARGETS} records`);
  const labels = { __meta_dns_name: name, dns_name: name };
  return addresses.sort().map((address) => buildTarget(address, labels, source));
}

async function lookUp(
  resolver: Resolver,
  name: string,
  { recordType, port }: Extract<DiscoveryConfig, { kind: "dns" }>,
): Promise<string[]> {
  switch (recordType) {
    case "SRV":
      return (await resolver.resolveSrv(name)).map((record) => `${record.name}:${record.port}`);
    case "A":
      return (await resolver.resolve4(name)).map((ip) => (port === null ? ip : `${ip}:${port}`));
    case "AAAA":
      return (await resolver.resolve6(name)).map((ip) => `[${ip}]${port === null ? "" : `:${port}`}`);
  }
}
