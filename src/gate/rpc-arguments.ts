import type { RpcCall } from "~/borg/rpc-call";
import { RpcFloat, type RpcValue } from "~/borg/rpc-value";

type Check = (value: RpcValue) => boolean;
type Argument = { is: Check; isOptional: boolean };
type Arguments = Readonly<Record<string, Argument>>;
type Served = { args: ReadonlyMap<string, Check>; needed: readonly string[] };

const need = (is: Check): Argument => ({ is, isOptional: false });
const may = (is: Check): Argument => ({ is, isOptional: true });
const orNull =
  (is: Check): Check =>
  (value) =>
    value === null || is(value);

const isBoolean: Check = (value) => typeof value === "boolean";
const isFalse: Check = (value) => value === false;
const isText: Check = (value) => Buffer.isBuffer(value);
const isId: Check = (value) => Buffer.isBuffer(value) && value.length === 32;
const isCount: Check = (value) => typeof value === "number" && value >= 0;
/** Up to a hundred years. */
const isSeconds: Check = (value) => typeof value === "number" && value >= 0 && value <= 3.2e9;
const isNonce: Check = (value) => (typeof value === "number" && value >= 0) || typeof value === "bigint";
const isShare: Check = (value) => value instanceof RpcFloat || isCount(value);
/** More than borg clients ask for at once (LIST_SCAN_LIMIT) would only fill borg serve's memory. */
const isLimit: Check = (value) => typeof value === "number" && value >= 1 && value <= 100_000;
const isClientData: Check = (value) =>
  value instanceof Map && value.size === 1 && isVersion(value.get("client_version"));

function isVersion(value: RpcValue | undefined): boolean {
  return Array.isArray(value) && value.length >= 2 && value.every((part) => typeof part === "number");
}

const listing = { limit: need(isLimit), marker: may(orNull(isId)) };

/** Every call that is served, with its arguments as borg 1.2 and 1.4 clients send them. `data` of a put is no argument here. */
const SERVED: ReadonlyMap<string, Served> = new Map(
  Object.entries<Arguments>({
    negotiate: { client_data: need(isClientData) },
    open: {
      ...{ path: need(isText), create: may(isBoolean), lock_wait: may(orNull(isSeconds)) },
      ...{ lock: may(isBoolean), exclusive: may(orNull(isBoolean)) },
      ...{ append_only: may(isFalse), make_parent_dirs: may(isFalse) },
    },
    get: { id: need(isId) },
    ...{ list: listing, scan: listing, __len__: {}, load_key: {}, rollback: {}, get_free_nonce: {} },
    ...{ put: { id: need(isId), wait: may(isBoolean) }, delete: { id: need(isId), wait: may(isBoolean) } },
    commit: {
      ...{ save_space: may(isBoolean), compact: may(isBoolean) },
      ...{ threshold: may(isShare), cleanup_commits: may(isBoolean) },
    },
    commit_nonce_reservation: { next_unreserved: need(isNonce), start_nonce: need(orNull(isNonce)) },
  }).map(([method, args]) => [method, servedAs(args)]),
);

function servedAs(args: Arguments): Served {
  const all = Object.entries(args);
  return {
    args: new Map(all.map(([name, { is }]) => [name, is])),
    needed: all.filter(([, { isOptional }]) => !isOptional).map(([name]) => name),
  };
}

/** Whether we know the call at all. */
export const isServed = (method: string) => SERVED.has(method);

/** Whether the arguments are those of the call: none unknown, none missing, each of its type. */
export function hasItsArguments(call: RpcCall): boolean {
  const served = SERVED.get(call.method);
  if (!served || (call.dataBytes !== null) !== (call.method === "put")) return false;
  for (const [name, value] of call.args) if (!served.args.get(name)?.(value)) return false;
  return served.needed.every((name) => call.args.has(name));
}
