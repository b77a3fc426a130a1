import { BlockList, isIP } from "node:net";
import { outgoingEntryProblem } from "~/domain/outgoing-entry";
import { type AddressKind, addressKind, embeddedIpv4 } from "./address-kind";

/** What admins have allowed outgoing connections to reach besides the public internet. */
export interface AllowedTargets {
  names: ReadonlySet<string>;
  addresses: BlockList;
}

/** Reads the entries of `outgoing.allowed`; those that cannot be used allow nothing. */
export function readAllowed(entries: readonly string[]): AllowedTargets {
  const names = new Set<string>();
  const addresses = new BlockList();
  for (const entry of entries.filter((one) => outgoingEntryProblem(one) === null)) {
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

const familyOf = (version: number) => (version === 4 ? "ipv4" : "ipv6");
const comparableName = (name: string) => name.toLowerCase().replace(/\.$/, "");
