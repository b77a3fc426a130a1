import { execFileSync } from "node:child_process";

/** A machine of its own as far as the network goes: joined to this one by one cable, with counters of opened connections. */
export interface NetworkNamespace {
  /** Put before a command to run it there. */
  prefix: string[];
  /** This machine's address on the cable, and the other end's. */
  serverAddress: string;
  clientAddress: string;
  /** TCP connections that were opened from outside towards it, and by itself: packets with SYN and without ACK. */
  opened(): { towardsClient: number; byClient: number };
  /** The cable is out: no packet gets through, and neither side is told. */
  pull(): void;
  plugIn(): void;
  remove(): void;
}

let count = 0;

/** Makes one. Needs root, iproute2 and nftables. Every packet that enters or leaves passes the counters. */
export function makeNetworkNamespace(): NetworkNamespace {
  const number = ++count;
  const name = `bbs-${process.pid}-${number}`;
  const cable = `bbs${process.pid % 100_000}v${number}`;
  const network = `10.231.${process.pid % 250}`;
  const [serverAddress, clientAddress] = [`${network}.${number * 4 + 1}`, `${network}.${number * 4 + 2}`];
  const prefix = ["ip", "netns", "exec", name];
  const ip = (...words: string[]) => execFileSync("ip", words);
  ip("netns", "add", name);
  try {
    ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name);
    ip("addr", "add", `${serverAddress}/30`, "dev", cable);
    ip("link", "set", cable, "up");
    for (const words of [
      ["link", "set", "lo", "up"],
      ["addr", "add", `${clientAddress}/30`, "dev", "eth0"],
      ["link", "set", "eth0", "up"],
    ])
      ip("-n", name, ...words);
    run(prefix, ["nft", "-f", "-"], COUNTERS);
  } catch (error) {
    ip("netns", "del", name);
    throw error;
  }
  return {
    prefix,
    serverAddress,
    clientAddress,
    opened: () => ({ towardsClient: read(prefix, "towards_client"), byClient: read(prefix, "by_client") }),
    pull: () => ip("link", "set", cable, "down"),
    plugIn: () => ip("link", "set", cable, "up"),
    remove: () => ip("netns", "del", name),
  };
}

/** `input` sees what reaches the machine, `output` what it sends itself; loopback is its own affair. */
const COUNTERS = `table inet watch {
  counter towards_client { }
  counter by_client { }
  chain in {
    type filter hook input priority 0;
    iifname "eth0" tcp flags & (syn|ack) == syn counter name towards_client
  }
  chain out {
    type filter hook output priority 0;
    oifname "eth0" tcp flags & (syn|ack) == syn counter name by_client
  }
}
`;

function read(prefix: string[], counter: string): number {
  const text = run(prefix, ["nft", "-j", "list", "counter", "inet", "watch", counter]);
  const { nftables } = JSON.parse(text) as { nftables: { counter?: { packets: number } }[] };
  const packets = nftables.find((one) => one.counter)?.counter?.packets;
  if (packets === undefined) throw new Error(`no counter ${counter}: ${text}`);
  return packets;
}

function run([program = "", ...before]: string[], words: string[], input?: string): string {
  return execFileSync(program, [...before, ...words], { input: input ?? "", encoding: "utf8" });
}
