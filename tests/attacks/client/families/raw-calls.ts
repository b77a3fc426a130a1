import type { Attack } from "../attack";
import type { Packable } from "../msgpack";
import {
  allObjects,
  COMMIT,
  chunkOf,
  commit,
  gainedBy,
  idOf,
  inSession,
  itemsOf,
  MANIFEST,
  openArguments,
  openSession,
} from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "raw calls", ...attack });

/** Single calls that no borg command makes on stored data. */
export const rawCallAttacks: Attack[] = [
  of({
    ...{
      id: "raw-destroy",
      title: "the call that removes a repository",
      stock: "unguarded",
      layers: ["gate"],
    },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        await rpc.call("destroy");
        return null;
      }),
  }),
  of({
    ...{ id: "raw-delete-archive", title: "delete of an archive's metadata", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        await rpc.call("delete", { id: idOf(attacker.archives[0]) });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "raw-delete-items", title: "delete of an item stream", stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        await rpc.call("delete", { id: itemsOf(attacker) });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "raw-delete-everything", title: "delete of every object there is", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        for (const id of allObjects(attacker)) await rpc.call("delete", { id });
        await rpc.call("delete", { id: MANIFEST });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "raw-delete-no-wait", title: "deletes without waiting for answers, wait=False" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        rpc.write(...allObjects(attacker).map((id) => rpc.message("delete", { id, wait: false })));
        rpc.send("commit", COMMIT);
        for (const _ of allObjects(attacker)) await rpc.reply();
        await rpc.reply();
        return null;
      }),
  }),
  of({
    ...{ id: "raw-delete-list", title: "delete of whatever the list call names", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const listed = await rpc.call("list", { limit: 1000, marker: null });
        const ids = listed.kind === "result" && Array.isArray(listed.value) ? listed.value : [];
        for (const id of ids) if (Buffer.isBuffer(id)) await rpc.call("delete", { id });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "raw-break-lock", title: "the break_lock call on a lock that is held", stock: "append-only" },
    layers: ["gate"],
    run: async (attacker) => {
      const holder = await openSession(attacker);
      const breaker = await openSession(attacker, { lock: false });
      const broken = await breaker.rpc.call("break_lock");
      const second = await openSession(attacker, { lock_wait: 0 });
      await Promise.all([holder.rpc.close(), breaker.rpc.close(), second.rpc.close()]);
      return broken.kind === "result" && second.opened.kind === "result" ? "two writers at a time" : null;
    },
  }),
  of({
    ...{ id: "raw-open-no-lock-delete", title: "open without lock, then delete", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(
        attacker,
        async (rpc) => {
          await rpc.call("break_lock");
          await rpc.call("delete", { id: chunkOf(attacker) });
          await commit(rpc);
          return null;
        },
        { lock: false, exclusive: true },
      ),
  }),
  of({
    ...{ id: "raw-shared-lock-write", title: "open with the shared lock, then write", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(
        attacker,
        async (rpc) => {
          const put = await rpc.call("put", { id: Buffer.alloc(32, 7), data: Buffer.from("x") });
          await rpc.call("save_key", { keydata: Buffer.from("junk under the shared lock") });
          return gainedBy(put, "writes while others read");
        },
        { exclusive: false },
      ),
  }),
  of({
    ...{ id: "raw-commit-compacts", title: "delete, then commit with compact at threshold 0" },
    ...{ stock: "unguarded", layers: ["gate"] },
    run: (attacker) =>
      inSession(
        attacker,
        async (rpc) => {
          for (const id of allObjects(attacker)) await rpc.call("delete", { id });
          await commit(rpc, { compact: true, threshold: 0, cleanup_commits: true });
          return null;
        },
        { append_only: false },
      ),
  }),
  of({
    ...{ id: "raw-check-repair", title: "the check call with repair", stock: "unguarded" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const repaired = await rpc.call("check", { repair: true, save_space: true, max_duration: 0 });
        return gainedBy(repaired, "has segments and index rewritten without anybody's word");
      }),
  }),
  of({
    ...{ id: "raw-check-confused", title: "the check call with a duration that is no number, then a write" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const checked = await rpc.call("check", { repair: false, max_duration: Buffer.from("x") });
        const put = await rpc.call("put", { id: Buffer.alloc(32, 9), data: Buffer.from("after") });
        return checked.kind === "exception" && put.kind === "exception" && put.name === "FileExistsError"
          ? "borg believes the repository is empty and starts it anew at segment 0"
          : null;
      }),
  }),
  of({
    ...{ id: "raw-inject-exception", title: "the call that makes borg raise what one asks for" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const raised = await rpc.call("inject_exception", { kind: "divide" });
        return raised.kind === "exception" && raised.name === "ZeroDivisionError"
          ? "reaches a call that is only for borg's own tests"
          : null;
      }),
  }),
  of({
    ...{ id: "raw-create-beside", title: "open with create and parents, beside the repository" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: async (attacker) => {
      const gains: string[] = [];
      for (const create of [true, 1, "yes", [0]] as Packable[]) {
        const path = `${attacker.remotePath}-made/${gains.length}/deep`;
        const { rpc, opened } = await openSession(attacker, { path, create, make_parent_dirs: true });
        if (opened.kind === "result") gains.push(path);
        await rpc.close();
      }
      return gains.length > 0 ? `made ${gains.length} repositories of its own` : null;
    },
  }),
  of({
    ...{ id: "raw-create-over", title: "open with create over the repository itself", stock: "append-only" },
    layers: ["gate"],
    run: async (attacker) => {
      const { rpc, opened } = await openSession(attacker, { create: true });
      await rpc.close();
      return opened.kind === "exception" && opened.name === "AlreadyExists"
        ? "borg tries to make a repository where one is"
        : null;
    },
  }),
  of({
    ...{ id: "raw-second-open", title: "a second open in the same session", stock: "append-only" },
    layers: ["gate"],
    run: async (attacker) => {
      const { rpc } = await openSession(attacker, { exclusive: false });
      const again = await rpc.call(
        "open",
        openArguments(attacker, { exclusive: true, lock_wait: 0, lock: false }),
      );
      await rpc.call("delete", { id: chunkOf(attacker) });
      await rpc.close();
      return gainedBy(again, "changes the terms of its session");
    },
  }),
  of({
    ...{ id: "raw-everything-after-any-open", title: "sweep: every call after every kind of open" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: async (attacker) => {
      for (let kind = 0; kind < 8; kind++) {
        const flags = { create: (kind & 1) > 0, lock: (kind & 2) > 0, exclusive: (kind & 4) > 0 };
        const { rpc } = await openSession(attacker, { ...flags, lock_wait: 0 });
        const calls = ["__len__", "rollback", "load_key", "break_lock", "get_free_nonce", "check", "commit"];
        for (const method of [...calls, "destroy", "list", "scan"]) await rpc.call(method);
        await rpc.close();
      }
      return null;
    },
  }),
];
