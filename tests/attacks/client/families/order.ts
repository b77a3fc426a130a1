import { randomBytes } from "node:crypto";
import type { Attack, Attacker } from "../attack";
import { Pairs } from "../msgpack";
import type { RawRpc } from "../raw-rpc";
import { allObjects, COMMIT, chunkOf, commit, HELLO, idOf, inSession, openArguments } from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "order", ...attack });

/** Sends these bytes through a fresh session at once, then waits for so many answers or the end. */
async function inOneWrite(attacker: Attacker, messages: (rpc: RawRpc) => Buffer[]): Promise<null> {
  const rpc = attacker.connect();
  const all = messages(rpc);
  await rpc.writeThrough(Buffer.concat(all));
  for (let i = 0; i < all.length; i++) if ((await rpc.reply()).kind === "closed") break;
  await rpc.close();
  return null;
}

const hello = (rpc: RawRpc) => rpc.message("negotiate", HELLO);
const open = (rpc: RawRpc, attacker: Attacker) => rpc.message("open", openArguments(attacker));
const deletes = (rpc: RawRpc, attacker: Attacker) =>
  allObjects(attacker).map((id) => rpc.message("delete", { id }));

/** The same calls at another moment: before they are allowed, twice, or out of step. */
export const orderAttacks: Attack[] = [
  of({
    ...{ id: "pipeline-before-open-answer", title: "deletes in one write with the open they need" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inOneWrite(attacker, (rpc) => [
        ...[hello(rpc), open(rpc, attacker), ...deletes(rpc, attacker)],
        rpc.message("commit", COMMIT),
      ]),
  }),
  of({
    ...{ id: "pipeline-no-hello", title: "open and deletes without saying hello", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inOneWrite(attacker, (rpc) => [
        open(rpc, attacker),
        ...deletes(rpc, attacker),
        rpc.message("commit", COMMIT),
      ]),
  }),
  of({
    ...{ id: "calls-before-open", title: "deletes first, then open, then deletes", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inOneWrite(attacker, (rpc) => [
        ...[hello(rpc), rpc.message("delete", { id: chunkOf(attacker) }), open(rpc, attacker)],
        ...[rpc.message("delete", { id: chunkOf(attacker) }), rpc.message("commit", COMMIT)],
      ]),
  }),
  of({
    ...{ id: "same-message-id", title: "every call under one message id", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      inOneWrite(attacker, (rpc) => [
        rpc.message("negotiate", HELLO, 1),
        rpc.message("open", openArguments(attacker), 1),
        ...allObjects(attacker).map((id) => rpc.message("delete", { id }, 1)),
        rpc.message("commit", COMMIT, 1),
      ]),
  }),
  of({
    ...{
      id: "one-byte-at-a-time",
      title: "a delete in single bytes",
      stock: "append-only",
      layers: ["gate"],
    },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        for (const byte of rpc.message("delete", { id: chunkOf(attacker) }))
          await rpc.writeThrough(Buffer.from([byte]));
        await rpc.reply();
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{
      id: "hidden-in-a-put",
      title: "a delete inside the data of a put, cut where a naive reader resumes",
    },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const inner = rpc.message("delete", { id: chunkOf(attacker) });
        const filler = Buffer.alloc(65_536 - inner.length, 0xc0);
        await rpc.call("put", { id: randomBytes(32), data: Buffer.concat([filler, inner, filler, inner]) });
        // The same bytes with a length that ends before the inner call: what follows is a call of its own.
        const cut = rpc.message("put", { id: randomBytes(32), data: Buffer.alloc(70_000) });
        await rpc.writeThrough(Buffer.concat([cut, inner]));
        await rpc.reply();
        await rpc.reply();
        await commit(rpc);
        return null;
      }),
  }),
  of({
    ...{ id: "between-two-parts-of-a-put", title: "a large put in halves, a delete pipelined right behind" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        const put = rpc.message("put", { id: randomBytes(32), data: randomBytes(8_000_000) });
        await rpc.writeThrough(put.subarray(0, 4_000_001));
        await rpc.writeThrough(
          Buffer.concat([
            put.subarray(4_000_001),
            rpc.message("delete", { id: idOf(attacker.archives[1]) }),
            rpc.message("commit", COMMIT),
          ]),
        );
        for (let i = 0; i < 3; i++) await rpc.reply();
        return null;
      }),
  }),
  of({
    ...{ id: "deletes-then-cut", title: "delete and commit sent, the connection cut before any answer" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: async (attacker) => {
      const rpc = attacker.connect();
      await rpc.call("negotiate", HELLO);
      await rpc.call("open", openArguments(attacker));
      await rpc.writeThrough(Buffer.concat([...deletes(rpc, attacker), rpc.message("commit", COMMIT)]));
      await rpc.close();
      return null;
    },
  }),
  of({
    ...{ id: "exclusive-twice", title: "open with the key `exclusive` twice, false then true" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: async (attacker) => {
      const rpc = attacker.connect();
      await rpc.call("negotiate", HELLO);
      const entries = Object.entries(openArguments(attacker));
      const args = new Pairs([
        ["exclusive", false],
        ["lock", false],
        ...entries,
        ["exclusive", true],
        ["lock", true],
      ]);
      await rpc.call("open", args);
      await rpc.call("delete", { id: chunkOf(attacker) });
      await commit(rpc);
      await rpc.close();
      return null;
    },
  }),
];
