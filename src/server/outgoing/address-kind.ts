import { BlockList, isIP } from "node:net";

/**
 * What an address is to us. `metadata`: where clouds hand out credentials to whoever asks from inside. `internal`: everything else that is
 * not of the public internet (IANA special-purpose registries, RFC 6890 and its successors).
 */
export type AddressKind = "public" | "internal" | "metadata";

/**
 * Judges a literal address in any notation that the operating system takes for one. IPv4 in the clothes of IPv6 (mapped, NAT64) is judged as
 * the IPv4 it is; tunnels (6to4, Teredo) and whatever is not plainly global unicast count as internal, as does what is no address at all.
 */
export function addressKind(address: string): AddressKind {
  const version = isIP(address);
  if (version === 0 || address.includes("%")) return "internal";
  if (version === 4) return kindOf4(address);
  const embedded = embeddedIpv4(address);
  if (embedded !== null) return kindOf4(embedded);
  if (METADATA.check(address, "ipv6")) return "metadata";
  return GLOBAL_UNICAST.check(address, "ipv6") && !SPECIAL.check(address, "ipv6") ? "public" : "internal";
}

/** The IPv4 that an IPv6 address stands for (`::ffff:0:0/96`, `64:ff9b::/96`); null when it stands for itself. */
export function embeddedIpv4(address: string): string | null {
  if (isIP(address) !== 6 || address.includes("%") || !EMBEDDING.check(address, "ipv6")) return null;
  // The URL parser writes an IPv6 address in one way only, in hexadecimal groups.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(":");
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function kindOf4(address: string): AddressKind {
  if (METADATA.check(address, "ipv4")) return "metadata";
  return SPECIAL.check(address, "ipv4") ? "internal" : "public";
}

/** AWS, GCP, Azure, OpenStack; ECS; Alibaba; Azure's host; Oracle; AWS and GCP over IPv6. */
const METADATA = listOf(
  ["169.254.169.254/32", "169.254.170.2/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"],
  ["fd00:ec2::254/128", "fd20:ce::254/128"],
);

const GLOBAL_UNICAST = listOf([], ["2000::/3"]);
const EMBEDDING = listOf([], ["::ffff:0:0/96", "64:ff9b::/96"]);

/** This network, private, shared (CGNAT), loopback, link-local, IETF, documentation, 6to4 relays, benchmarks, multicast, reserved, broadcast. */
const SPECIAL = listOf(
  [
    ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
    ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
    ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ],
  ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
);

function listOf(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [nets, family] of [[ipv4, "ipv4"] as const, [ipv6, "ipv6"] as const])
    for (const net of nets) {
      const [start = "", bits] = net.split("/");
      list.addSubnet(start, Number(bits), family);
    }
  return list;
}
