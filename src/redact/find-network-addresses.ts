import { isBorderAfter, isBorderBefore } from "./boundary.ts";
import type { AddSpan } from "./span.ts";

/** Stands for an address so that the same one stays recognisable. */
export type HashAddress = (kind: "ip" | "mac", address: string) => string;

export function findIpv4(text: string, keepPrivate: boolean, hash: HashAddress, add: AddSpan): void {
  for (const { 0: address, index } of text.matchAll(/(?:\d{1,3}\.){3}\d{1,3}/g)) {
    const end = index + address.length;
    if (!isBorderBefore(text, index) || !isBorderAfter(text, end)) continue;
    const octets = address.split(".").map(Number);
    if (octets.some((octet) => octet > 255) || isNobodys(octets) || (keepPrivate && isPrivate(octets)))
      continue;
    if (isVersion(text, index)) continue;
    add(index, end, "network-address", hash("ip", address));
  }
}

/** Unspecified, broadcast and net masks, multicast. */
function isNobodys([first, ...rest]: number[]): boolean {
  return (
    first === 0 || first! >= 224 || (first === 127 && rest.every((octet, i) => octet === (i === 2 ? 1 : 0)))
  );
}

/** RFC 1918, loopback, link-local, and the shared space of RFC 6598 that clusters use. */
function isPrivate([first, second]: number[]): boolean {
  return (
    first === 10 ||
    first === 127 ||
    (first === 172 && second! >= 16 && second! <= 31) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    (first === 100 && second! >= 64 && second! <= 127)
  );
}

/** "Chrome/120.0.0.0" and "version 1.2.3.4" have the form of an address. */
function isVersion(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 32), at);
  return (
    /(?:^|[\s"'(+;])[A-Z][A-Za-z]+\/$/.test(before) ||
    /(?:version|release|build)["']?\s?[:=]?\s?["']?v?$/i.test(before)
  );
}

export function findIpv6(text: string, keepPrivate: boolean, hash: HashAddress, add: AddSpan): void {
  const pattern =
    /(?<![\w.]|::|(?<!\w)[0-9A-Fa-f]{1,4}:)(?::(?=:)|[0-9A-Fa-f]{1,4}:)(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}(?![\w:])/g;
  for (const { 0: address, index } of text.matchAll(pattern)) {
    const groups = address.split(":");
    const isShort = address.includes("::");
    if (
      isShort ? groups.length > 8 || address.indexOf("::") !== address.lastIndexOf("::") : groups.length !== 8
    )
      continue;
    const named = groups.filter((group) => group !== "");
    // "std::", "a::b" and "::1" are no addresses of anybody.
    if (named.length < 2 || !/\d/.test(address)) continue;
    const first = Number.parseInt(groups[0] === "" ? "0" : groups[0]!, 16);
    const isLocal = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || first === 0;
    if (keepPrivate && isLocal) continue;
    add(index, index + address.length, "network-address", hash("ip", address.toLowerCase()));
  }
}

export function findMac(text: string, hash: HashAddress, add: AddSpan): void {
  const pattern =
    /(?<![\w-]|(?<!\w)[0-9A-Fa-f]{2}:)[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])/g;
  for (const { 0: address, index } of text.matchAll(pattern)) {
    if (/^(?:00[:-]?){6}$|^(?:ff[:-]?){6}$/i.test(address)) continue;
    add(
      index,
      index + address.length,
      "network-address",
      hash("mac", address.toLowerCase().replaceAll("-", ":")),
    );
  }
}
