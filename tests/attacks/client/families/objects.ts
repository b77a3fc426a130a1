import { randomBytes } from "node:crypto";
import type { Attack, Attacker } from "../attack";
import { allObjects, chunkOf, commit, gainedBy, idOf, inSession, itemsOf, MANIFEST } from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "objects", ...attack });

/** Puts these and commits. */
const overwrite = (attacker: Attacker, ids: readonly Buffer[], data: (id: Buffer) => Buffer) =>
  inSession(attacker, async (rpc) => {
    for (const id of ids) await rpc.call("put", { id, data: data(id) });
    await commit(rpc);
    return null;
  });
const junk = () => randomBytes(500);

/** Other content under ids that are stored. */
export const objectAttacks: Attack[] = [
  of({
    ...{ id: "put-chunk-junk", title: "junk over a shared chunk", stock: "append-only", layers: ["gate"] },
    run: (attacker) => overwrite(attacker, [chunkOf(attacker)], junk),
  }),
  of({
    ...{ id: "put-archive-junk", title: "junk over an archive's metadata", stock: "append-only" },
    ...{ layers: ["gate"], run: (attacker) => overwrite(attacker, [idOf(attacker.archives[1])], junk) },
  }),
  of({
    ...{ id: "put-items-empty", title: "nothing at all over an item stream", stock: "append-only" },
    ...{
      layers: ["gate"],
      run: (attacker) => overwrite(attacker, [itemsOf(attacker)], () => Buffer.alloc(0)),
    },
  }),
  of({
    ...{ id: "put-everything-junk", title: "junk over every object", stock: "append-only", layers: ["gate"] },
    run: (attacker) => overwrite(attacker, allObjects(attacker), junk),
  }),
  of({
    ...{ id: "put-swapped", title: "two chunks' own bytes under each other's id", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const [one, two] = [chunkOf(attacker), itemsOf(attacker)];
        const read = async (id: Buffer) => {
          const got = await rpc.call("get", { id });
          return got.kind === "result" && Buffer.isBuffer(got.value) ? got.value : Buffer.alloc(0);
        };
        const [first, second] = [await read(one), await read(two)];
        await rpc.call("put", { id: one, data: second });
        await rpc.call("put", { id: two, data: first });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{
      id: "put-chunk-encrypted",
      title: "validly encrypted other bytes over a chunk",
      stock: "append-only",
    },
    layers: ["gate"],
    run: async (attacker) => {
      await attacker.hostile("chunk", chunkOf(attacker).toString("hex"));
      return null;
    },
  }),
  of({
    ...{
      id: "put-refused-then-delete",
      title: "a put that fails, then delete of the same id as if it were new",
    },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const id = chunkOf(attacker);
        await rpc.call("put", { id, data: Buffer.alloc(20 * 1024 * 1024 - 20) });
        await rpc.call("put", { id, data: 5 });
        await rpc.call("delete", { id });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "put-own-delete-own", title: "own objects put and deleted around one that is stored" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const own = randomBytes(32);
        await rpc.call("put", { id: own, data: junk() });
        await rpc.call("delete", { id: own });
        await rpc.call("put", { id: own, data: junk() });
        await rpc.call("rollback");
        await rpc.call("delete", { id: chunkOf(attacker) });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{
      id: "put-then-commit-then-delete",
      title: "a stored object deleted after a commit of the same session",
    },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        await rpc.call("put", { id: randomBytes(32), data: junk() });
        await commit(rpc);
        await rpc.call("delete", { id: idOf(attacker.archives[2]) });
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "poison-new-id", title: "junk under the id of a chunk that a later backup will need" },
    ...{ stock: "append-only", layers: ["gate", "audit", "harmless"] },
    granted: "the poisoned chunk's next backup fails loudly (the gate lets nothing be overwritten)",
    run: async (attacker) => {
      const made = await attacker.hostile("encrypt", `of a later day ${randomBytes(6).toString("hex")}`);
      const id = Buffer.from(String(made.id), "hex");
      const put = await inSession(attacker, async (rpc) => {
        const reply = await rpc.call("put", { id, data: junk() });
        await commit(rpc);
        return reply;
      });
      return gainedBy(put, "a chunk that is not what its id says lies in wait");
    },
  }),
  of({
    ...{
      id: "manifest-delete",
      title: "delete of the manifest",
      stock: "append-only",
      layers: ["gate", "audit"],
    },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        await rpc.call("delete", { id: MANIFEST });
        await commit(rpc);
        return null;
      }),
  }),
];
