import { randomBytes } from "node:crypto";
import type { Attack, Attacker } from "../attack";
import { Encoded, type Packable, Pairs, pack, Raw } from "../msgpack";
import type { RawRpc } from "../raw-rpc";
import { chunkOf, commit, HELLO, idOf, inSession, openArguments } from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "shapes", ...attack });

/** Sends one message of these very parts, takes the answer, commits. */
const message = (attacker: Attacker, make: (rpc: RawRpc) => Packable) =>
  inSession(attacker, async (rpc) => {
    await rpc.writeThrough(pack(make(rpc)));
    await rpc.reply();
    await commit(rpc);
    return null;
  });

/** A delete whose id is packed like this. */
const deleteWith = (attack: Pick<Attack, "id" | "title">, shape: (id: Buffer) => Packable): Attack =>
  of({
    ...attack,
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) => message(attacker, () => ({ i: 7, m: "delete", a: { id: shape(chunkOf(attacker)) } })),
  });

const KEY = (name: string) => new Encoded("str16", Buffer.from(name));

/** The same calls in shapes no client of borg packs: what the gate reads must be what borg reads. */
export const shapeAttacks: Attack[] = [
  deleteWith({ id: "id-as-str8", title: "the id as str8" }, (id) => new Encoded("str8", id)),
  deleteWith({ id: "id-as-str32", title: "the id as str32" }, (id) => new Encoded("str32", id)),
  of({
    ...{
      id: "id-as-bin",
      title: "the id as bin8, bin16 and bin32 (borg 1.4's own unpacker)",
      stock: "append-only",
    },
    layers: ["gate"],
    run: async (attacker) => {
      for (const form of ["bin8", "bin16", "bin32"] as const)
        await message(attacker, () => ({
          i: 7,
          m: "delete",
          a: { id: new Encoded(form, chunkOf(attacker)) },
        }));
      await message(attacker, () => ({
        i: 8,
        m: new Encoded("str8", Buffer.from("delete")),
        a: { id: chunkOf(attacker) },
      }));
      return null;
    },
  }),
  of({
    ...{ id: "tuple-call", title: "the old form of a call: a list with arguments by position" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        await rpc.writeThrough(pack([1, 50, "delete", [idOf(attacker.archives[0])]]));
        await rpc.reply();
        await rpc.writeThrough(pack([1, 51, "commit", [false]]));
        await rpc.reply();
        return null;
      }),
  }),
  of({
    ...{
      id: "tuple-session",
      title: "a whole session in the old form",
      stock: "append-only",
      layers: ["gate"],
    },
    run: async (attacker) => {
      const rpc = attacker.connect();
      const say = async (method: string, args: Packable) => {
        await rpc.writeThrough(pack([1, 1, method, args]));
        return rpc.reply();
      };
      await say("negotiate", [2]);
      await say("open", [attacker.remotePath, false, 20, true, true, false]);
      await say("delete", [chunkOf(attacker)]);
      await say("commit", [false]);
      await rpc.close();
      return null;
    },
  }),
  of({
    ...{ id: "method-twice", title: "two methods in one call, the first one harmless", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      message(
        attacker,
        () =>
          new Pairs([
            ["i", 9],
            ["m", "get"],
            ["a", { id: chunkOf(attacker) }],
            ["m", "delete"],
          ]),
      ),
  }),
  of({
    ...{ id: "arguments-twice", title: "two sets of arguments in one call, the first one harmless" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      message(
        attacker,
        () =>
          new Pairs([
            ["i", 9],
            ["m", "delete"],
            ["a", { id: randomBytes(32) }],
            ["a", { id: chunkOf(attacker) }],
          ]),
      ),
  }),
  of({
    ...{ id: "id-twice", title: "two ids in one delete, the first one of an object of the session" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const own = randomBytes(32);
        await rpc.call("put", { id: own, data: randomBytes(100) });
        await rpc.call(
          "delete",
          new Pairs([
            ["id", own],
            ["id", chunkOf(attacker)],
          ]),
        );
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "keys-in-other-forms", title: "the keys of the call as str16 and str8", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      message(
        attacker,
        () =>
          new Pairs([
            [KEY("i"), 9],
            [KEY("m"), new Encoded("str32", Buffer.from("delete"))],
            [KEY("a"), new Pairs([[new Encoded("str8", Buffer.from("id")), chunkOf(attacker)]])],
          ]),
      ),
  }),
  of({
    ...{ id: "extra-fields", title: "unknown fields around and inside a delete", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      message(attacker, () => ({
        ...{ zz: [1, { deep: [null] }], i: 9, m: "delete" },
        a: { before: 1, id: chunkOf(attacker), after: { x: [] } },
        tail: "x",
      })),
  }),
  of({
    ...{ id: "wide-headers", title: "map and list lengths in their widest form", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      message(attacker, () => {
        const wide = (count: number, ...parts: Packable[]) =>
          new Raw(Buffer.concat([Buffer.from([0xdf, 0, 0, 0, count]), ...parts.map(pack)]));
        return wide(3, "i", 9, "m", "delete", "a", wide(1, "id", chunkOf(attacker)));
      }),
  }),
  of({
    ...{ id: "message-id-of-any-kind", title: "message ids that are text, lists, nil and huge" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        for (const messageId of [null, "text", [1, 2], 2n ** 64n - 1n, -5, true, 1.5] as Packable[]) {
          rpc.write(rpc.message("delete", { id: chunkOf(attacker) }, messageId));
          await rpc.reply(3000);
        }
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{
      id: "flags-of-any-kind",
      title: "open with flags that are only true to Python",
      stock: "append-only",
    },
    layers: ["gate"],
    run: async (attacker) => {
      for (const yes of [1, "x", [0], 0.5] as Packable[]) {
        const rpc = attacker.connect();
        await rpc.call("negotiate", HELLO);
        await rpc.call("open", openArguments(attacker, { exclusive: yes, lock: yes, append_only: "" }));
        await rpc.call("delete", { id: chunkOf(attacker) });
        await commit(rpc);
        await rpc.close();
      }
      return null;
    },
  }),
  of({
    ...{ id: "wait-for-ever", title: "a lock_wait that is no number, negative or without end" },
    ...{ stock: "append-only", layers: ["gate", "harmless"] },
    run: async (attacker) => {
      const told: string[] = [];
      for (const lock_wait of ["x", -1, Number.POSITIVE_INFINITY, Number.NaN, [1]] as Packable[]) {
        const rpc = attacker.connect();
        await rpc.call("negotiate", HELLO);
        const opened = await rpc.call("open", openArguments(attacker, { lock_wait }));
        if (opened.kind === "exception") told.push(opened.name);
        await rpc.close();
      }
      return told.includes("TypeError") && attacker.side === "stock" ? "reaches borg's arithmetic" : null;
    },
  }),
  of({
    ...{ id: "id-of-another-length", title: "ids of 0, 31 and 33 bytes, and one that is a list" },
    ...{ stock: "append-only", layers: ["gate", "harmless"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const told: string[] = [];
        for (const id of [
          Buffer.alloc(0),
          Buffer.alloc(31, 1),
          Buffer.alloc(33, 1),
          [1, 2],
          5,
        ] as Packable[]) {
          const reply = await rpc.call("put", { id, data: "x" });
          told.push(reply.kind === "exception" ? reply.name : reply.kind);
        }
        const committed = await commit(rpc);
        const words = told.filter((one) => one !== "closed").join(", ");
        return attacker.side === "stock" && committed.kind === "result"
          ? `borg commits after ${words}`
          : null;
      }),
  }),
];
