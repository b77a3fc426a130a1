import { BlockList, isIP } from "node:net";

/** Which proxies may say who the peer is: single addresses and CIDR ranges. Throws on an entry that is neither. */
export function trustedProxies(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address);
    if (family === 0) throw new RangeError(`TRUSTED_PROXIES: ${entry} is neither an address nor a range.`);
    const kind = family === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(prefix), kind);
  }
  return list;
}

/** An IPv4 peer on a dual-stack socket is written `::ffff:192.0.2.1`; people and rules know it as `192.0.2.1`. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}

export function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

export function isTrusted(proxies: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && proxies.check(address, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Who really asks. `socketPeer` is the other end of the connection; its word on somebody behind it counts only when it is a trusted
 * proxy. `forwardedFor` is read from the right: each trusted proxy vouches for the entry to its left, the first untrusted one is the
 * peer, and anything further left is what that peer claimed. An entry that is no address ends the walk.
 */
export function truePeer(socketPeer: string, forwardedFor: string | undefined, proxies: BlockList): string {
  let peer = socketPeer;
  const claimed = (forwardedFor ?? "").split(",").map((entry) => plainAddress(entry.trim()));
  while (isTrusted(proxies, peer)) {
    const next = claimed.pop();
    if (!next || isIP(next) === 0) break;
    peer = next;
  }
  return peer;
}
