import type { Attack, Attacker } from "../attack";
import { COMMIT, chunkOf, HELLO, openSession } from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "bombs", ...attack });

/** Sends these bytes into a session that has opened the repository; says whether borg itself had to deal with them. */
const bomb = (bytes: (attacker: Attacker) => Buffer) => async (attacker: Attacker) => {
  const { rpc } = await openSession(attacker);
  await rpc.writeThrough(bytes(attacker));
  await rpc.writeThrough(rpc.message("delete", { id: chunkOf(attacker) }));
  await rpc.writeThrough(rpc.message("commit", COMMIT));
  const first = await rpc.reply(4000);
  await rpc.close(4000);
  if (attacker.side === "ours") return null;
  return /Traceback|Error|exceeds|Unpack|Exception/i.test(rpc.stderr) || first.kind !== "result"
    ? `the bytes reach borg, which ends: ${rpc.stderr.trim().split("\n").at(-1)?.slice(0, 70) || first.kind}`
    : "the bytes reach borg";
};

const u32 = (tag: number, length: number) => {
  const bytes = Buffer.alloc(5, tag);
  bytes.writeUInt32BE(length, 1);
  return bytes;
};

/** Few bytes that promise very many, and very many that mean nothing. */
export const bombAttacks: Attack[] = [
  of({
    ...{
      id: "bomb-map",
      title: "a map of four thousand million entries",
      stock: "append-only",
      layers: ["gate"],
    },
    run: bomb(() => u32(0xdf, 0xffffffff)),
  }),
  of({
    ...{ id: "bomb-list", title: "a list of four thousand million entries", stock: "append-only" },
    ...{ layers: ["gate"], run: bomb(() => u32(0xdd, 0xffffffff)) },
  }),
  of({
    ...{
      id: "bomb-bytes",
      title: "four gigabytes announced, none sent",
      stock: "append-only",
      layers: ["gate"],
    },
    run: bomb(() => u32(0xdb, 0xfffffff0)),
  }),
  of({
    ...{ id: "bomb-nested", title: "two hundred thousand lists inside each other", stock: "append-only" },
    ...{ layers: ["gate"], run: bomb(() => Buffer.alloc(200_000, 0x91)) },
  }),
  of({
    ...{
      id: "bomb-ext",
      title: "extension types and the byte that msgpack never uses",
      stock: "append-only",
    },
    layers: ["gate"],
    run: bomb(() => Buffer.concat([Buffer.from([0xc7, 255, 1]), Buffer.alloc(255), Buffer.from([0xc1])])),
  }),
  of({
    ...{ id: "bomb-nils", title: "ten million bytes that are each a whole message", stock: "append-only" },
    ...{ layers: ["gate"], run: bomb(() => Buffer.alloc(10_000_000, 0xc0)) },
  }),
  of({
    ...{ id: "bomb-method-name", title: "a call whose name is two megabytes long", stock: "append-only" },
    layers: ["gate"],
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      const reply = await rpc.call("x".repeat(2_000_000));
      await rpc.close(4000);
      return attacker.side === "stock" && reply.kind === "exception" && reply.say.length > 1_000_000
        ? "borg sends all of it back"
        : null;
    },
  }),
  of({
    ...{
      id: "not-msgpack",
      title: "what is no msgpack at all, instead of a first word",
      stock: "append-only",
    },
    layers: ["gate"],
    run: async (attacker) => {
      const rpc = attacker.connect();
      await rpc.writeThrough(Buffer.from("GET / HTTP/1.1\r\nHost: borg\r\n\r\n"));
      const reply = await rpc.reply(4000);
      await rpc.close(4000);
      return attacker.side === "stock" && reply.kind === "closed" ? "borg ends with a traceback" : null;
    },
  }),
  of({
    ...{ id: "flood-of-hellos", title: "twenty thousand greetings and never an open", stock: "append-only" },
    layers: ["gate", "harmless"],
    run: async (attacker) => {
      const rpc = attacker.connect();
      const hello = rpc.message("negotiate", HELLO, 1);
      await rpc.writeThrough(Buffer.concat(Array.from({ length: 20_000 }, () => hello)));
      let answers = 0;
      while (answers < 20_000 && (await rpc.reply(4000)).kind === "result") answers++;
      await rpc.close(4000);
      return attacker.side === "stock" && answers === 20_000 ? "borg answers every one" : null;
    },
  }),
];
