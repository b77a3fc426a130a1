import { randomBytes } from "node:crypto";
import type { Attack, Attacker } from "../attack";
import { bytesBelow } from "../judge";
import { commit, inSession, openSession } from "../session";

/** The smallest that borg takes is ten megabytes. */
const QUOTA = 12_000_000;

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "quota", stock: "append-only", quotaBytes: QUOTA, victim: "quota" },
  ...attack,
});

/** How far beyond its quota the repository has grown on the disk. */
const beyondQuota = (attacker: Attacker, words: string) => {
  const bytes = bytesBelow(attacker.storedPath);
  return bytes > QUOTA * 1.25 ? `${Math.round((bytes / QUOTA) * 100)} % of its quota ${words}` : null;
};

/** More than the client may store. */
export const quotaAttacks: Attack[] = [
  of({
    ...{
      id: "quota-uncommitted",
      title: "puts that go on after the quota's error, never committed",
      layers: ["gate"],
    },
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      for (let part = 0; part < 20; part++)
        await rpc.call("put", { id: randomBytes(32), data: randomBytes(1_000_000) });
      const gained = beyondQuota(attacker, "lies on the disk before anything is committed");
      await rpc.close();
      return gained;
    },
  }),
  of({
    ...{ id: "quota-pipelined", title: "twenty megabytes of puts in one write", layers: ["gate"] },
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      const puts = Array.from({ length: 20 }, () =>
        rpc.message("put", { id: randomBytes(32), data: randomBytes(1_000_000) }),
      );
      await rpc.writeThrough(Buffer.concat(puts));
      for (const _ of puts) await rpc.reply();
      const gained = beyondQuota(attacker, "in one write");
      await rpc.close();
      return gained;
    },
  }),
  of({
    ...{
      id: "quota-own-objects-again",
      title: "one object put again and again: what it replaces is not counted",
    },
    layers: ["gate"],
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      const id = randomBytes(32);
      for (let part = 0; part < 20; part++) {
        await rpc.call("put", { id, data: randomBytes(1_000_000) });
        await rpc.call("delete", { id });
      }
      const gained = beyondQuota(attacker, "with one object");
      await rpc.close();
      return gained;
    },
  }),
  of({
    ...{
      id: "quota-many-commits",
      title: "dozens of commits of nothing",
      layers: ["gate", "audit", "harmless"],
    },
    granted: "small files up to its quota: each commit leaves a segment",
    run: (attacker) =>
      inSession(attacker, async (rpc) => {
        let done = 0;
        for (let round = 0; round < 60; round++) {
          await rpc.call("put", { id: randomBytes(32), data: randomBytes(10) });
          if ((await commit(rpc)).kind === "result") done++;
        }
        return done === 60 ? "60 commits, 120 files more" : null;
      }),
  }),
];
