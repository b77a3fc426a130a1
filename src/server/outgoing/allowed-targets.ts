import { BlockList, isIP } from "node:net";
import { type AddressKind, addressKind, embeddedIpv4 } from "./address-kind";

/** Shortest prefix that may be allowed: a wider one would switch the guard off. */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;

/** What admins have allowed outgoing connections to reach besides the public internet. */
export interface AllowedTargets {
  names: ReadonlySet<string>;
  addresses: BlockList;
}

/** Why an entry of `outgoing.allowed` cannot be used; null when it can: a host name, an address, or a range like 10.1.0.0/16. */
export function entryProblem(entry: string): string | null {
  const [start = "", bits, ...rest] = entry.split("/");
  const version = isIP(start);
  if (bits === undefined) return version || HOST_NAME.test(entry) ? null : `"${entry}" is no host name.`;
  if (!version || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return `"${entry}" is no address range.`;
  const [widest, longest] = version === 4 ? [WIDEST.ipv4, 32] : [WIDEST.ipv6, 128];
  if (Number(bits) > longest) return `"${entry}" is no address range.`;
  return Number(bits) < widest ? `"${entry}" allows too much: use /${widest} or a narrower range.` : null;
}

/** Reads the entries of `outgoing.allowed`; those that cannot be used allow nothing. */
export function readAllowed(entries: readonly string[]): AllowedTargets {
  const names = new Set<string>();
  const addresses = new BlockList();
  for (const entry of entries.filter((one) => entryProblem(one) === null)) {
    const [start = "", bits] = entry.split("/");
    const version = isIP(start);
    if (version === 0) names.add(comparableName(entry));
    else if (bits === undefined) addresses.addAddress(start, familyOf(version));
    else addresses.addSubnet(start, Number(bits), familyOf(version));
  }
  return { names, addresses };
}

/**
 * Whether `address`, which `host` resolved to, may be connected to; else what it is. A name that is allowed may lie inside, but never where
 * clouds hand out credentials: for that the address itself must be listed.
 */
export function judgeAddress(
  host: string,
  address: string,
  allowed: AllowedTargets,
): AddressKind | "allowed" {
  const kind = addressKind(address);
  if (kind === "public") return "allowed";
  const plain = embeddedIpv4(address) ?? address;
  const version = isIP(plain);
  if (version !== 0 && !plain.includes("%") && allowed.addresses.check(plain, familyOf(version)))
    return "allowed";
  return kind === "internal" && allowed.names.has(comparableName(host)) ? "allowed" : kind;
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

const familyOf = (version: number) => (version === 4 ? "ipv4" : "ipv6");
const comparableName = (name: string) => name.toLowerCase().replace(/\.$/, "");
