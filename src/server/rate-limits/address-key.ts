import { isIPv4, isIPv6 } from "node:net";

/** What every key of an address begins with. */
const ADDRESS = "address ";

/**
 * One key for a peer, however its address is spelt. An IPv6 network hands out whole /64s, so those count as one; an IPv4 address written as
 * IPv6 (`::ffff:192.0.2.1`) counts as the IPv4 address. Null or no address: one key for all of them.
 */
export function addressKey(peer: string | null): string {
  if (peer !== null && isIPv4(peer)) return ADDRESS + peer;
  if (peer === null || !isIPv6(peer)) return `${ADDRESS}unknown`;
  const groups = groupsOf(peer);
  const [, , , , , sixth = 0, high = 0, low = 0] = groups;
  if (groups.slice(0, 5).every((group) => group === 0) && sixth === 0xffff) {
    return ADDRESS + [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${ADDRESS}${network.join(":")}::/64`;
}

/** Whether a key stands for an address, which many people may share. */
export function isAddress(key: string): boolean {
  return key.startsWith(ADDRESS);
}

/** The eight 16-bit groups of a valid IPv6 address (RFC 4291, 2.2), without its zone. */
function groupsOf(address: string): number[] {
  const [front = "", back] = (address.split("%")[0] ?? "").split("::");
  const head = groupsIn(front);
  if (back === undefined) return head;
  const tail = groupsIn(back);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function groupsIn(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
