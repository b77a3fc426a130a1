import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { readSetting } from "../settings/read-setting";
import { type AllowedTargets, judgeAddress, readAllowed } from "./allowed-targets";
import { OutgoingProblem } from "./outgoing-problem";

/** An address that was checked: connect to this one, never to the name again. */
export interface CheckedAddress {
  address: string;
  family: 4 | 6;
}

/** Asks the operating system for the addresses of a name. Tests give their own. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

export type CheckedAddresses = readonly [CheckedAddress, ...CheckedAddress[]];

/** Addresses of a host, each of them one that may be reached; refuses `target-forbidden` when any is not. */
export type CheckedResolve = (host: string) => Promise<CheckedAddresses>;

/** The check as it stands now: what is allowed is read once, names are resolved at every call. */
export async function checkedResolve(
  ctx: Pick<Ctx, "db">,
  resolve: Resolve = askSystem,
): Promise<CheckedResolve> {
  const allowed = readAllowed((await readSetting(ctx, "outgoing")).allowed);
  return async (host) => {
    const found = await addressesOf(host, resolve);
    const [first, ...rest] = found.map((one) => demandReachable(host, one.address, allowed));
    if (!first) throw new OutgoingProblem(`Nobody knows the name ${host}.`);
    return [first, ...rest];
  };
}

const askSystem: Resolve = (host) => lookup(host, { all: true, verbatim: true });

async function addressesOf(given: string, resolve: Resolve) {
  const host = given.replace(/^\[|\]$/g, "");
  const version = isIP(host);
  if (version !== 0) return [{ address: host, family: version }];
  try {
    return await resolve(host);
  } catch (cause) {
    throw new OutgoingProblem(`The name ${host} could not be resolved.`, cause);
  }
}

function demandReachable(host: string, address: string, allowed: AllowedTargets): CheckedAddress {
  const judged = judgeAddress(host, address, allowed);
  if (judged === "allowed") return { address, family: isIP(address) === 6 ? 6 : 4 };
  const where = host === address ? host : `${host} (${address})`;
  const say =
    judged === "metadata"
      ? `${where} is where clouds hand out credentials. Only that very address under Settings, Outgoing connections, would open it.`
      : `${where} is an internal address. An admin can allow it under Settings, Outgoing connections.`;
  throw new Refusal("target-forbidden", { say });
}
