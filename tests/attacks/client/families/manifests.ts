import { randomBytes } from "node:crypto";
import type { Attack, Attacker } from "../attack";
import { commit, inSession, MANIFEST } from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "manifests", ...attack });

const forged =
  (...words: string[]) =>
  async (attacker: Attacker): Promise<null> => {
    await attacker.hostile(...words);
    return null;
  };

const put =
  (data: (attacker: Attacker) => Promise<Buffer | number | string | null>) => async (attacker: Attacker) => {
    const bytes = await data(attacker);
    return inSession(attacker, async (rpc) => {
      await rpc.call("put", { id: MANIFEST, data: bytes });
      await commit(rpc);
      return null;
    });
  };

/** The one object a client must be able to overwrite: the list of archives, made by hand with the client's own key. */
export const manifestAttacks: Attack[] = [
  of({
    ...{
      id: "manifest-drop-all",
      title: "a list without any archive",
      stock: "append-only",
      layers: ["audit"],
    },
    run: forged("drop-all"),
  }),
  of({
    ...{
      id: "manifest-drop-one",
      title: "a list without the oldest archive, before the server's next prune",
    },
    ...{ stock: "append-only", layers: ["audit"], run: forged("drop", "monday") },
  }),
  of({
    ...{ id: "manifest-swap", title: "two archives under each other's name", stock: "append-only" },
    ...{ layers: ["audit"], run: forged("swap", "monday", "wednesday") },
  }),
  of({
    ...{ id: "manifest-repoint", title: "a good name that leads to another archive", stock: "append-only" },
    layers: ["audit"],
    run: (attacker) => forged("repoint", "monday", attacker.archives[2]?.id ?? "")(attacker),
  }),
  of({
    ...{ id: "manifest-dangling", title: "a good name that leads to no object", stock: "append-only" },
    ...{ layers: ["audit"], run: forged("repoint", "tuesday", "ab".repeat(32)) },
  }),
  of({
    ...{
      id: "manifest-replace",
      title: "an archive of the attacker's under a good name",
      stock: "append-only",
    },
    ...{ layers: ["audit"], run: forged("replace", "wednesday") },
  }),
  of({
    ...{ id: "manifest-rename", title: "an archive under another name, objects untouched" },
    ...{ stock: "append-only", layers: ["audit"], run: forged("rename-only", "monday", "mon") },
  }),
  of({
    ...{ id: "manifest-redate", title: "other dates in the list, so that the oldest looks newest" },
    ...{ stock: "append-only", layers: ["ledger", "audit"] },
    run: async (attacker) => {
      await attacker.hostile("redate", "wednesday", "1971-01-01T00:00:00.000000");
      const listed = await attacker.borg(["list", "--format", "{name} {time}{NL}", "--sort-by", "timestamp"]);
      return listed.out.startsWith("wednesday") && attacker.side === "stock"
        ? "the newest archive is first in line for the server's prune"
        : null;
    },
  }),
  of({
    ...{ id: "manifest-bad-date", title: "a date in the list that no borg can read", stock: "append-only" },
    ...{ layers: ["audit"], run: forged("redate", "monday", "the day after tomorrow") },
  }),
  of({
    ...{ id: "manifest-feature-flag", title: "a mandatory feature that no borg has", stock: "append-only" },
    layers: ["audit"],
    run: async (attacker) => {
      await attacker.hostile("feature");
      return (await attacker.borg(["list"])).code !== 0 && attacker.side === "stock"
        ? "no borg reads the repository any more"
        : null;
    },
  }),
  of({
    ...{ id: "manifest-garbage", title: "validly encrypted garbage as the list", stock: "append-only" },
    ...{ layers: ["audit"], run: forged("garbage-manifest") },
  }),
  of({
    ...{ id: "manifest-no-archives", title: "a list that lacks the key `archives`", stock: "append-only" },
    ...{ layers: ["audit"], run: forged("no-archives-key") },
  }),
  of({
    ...{
      id: "manifest-junk",
      title: "random bytes as the list",
      stock: "append-only",
      layers: ["gate", "audit"],
    },
    run: put(async () => randomBytes(400)),
  }),
  of({
    ...{
      id: "manifest-empty",
      title: "zero bytes as the list",
      stock: "append-only",
      layers: ["gate", "audit"],
    },
    run: put(async () => Buffer.alloc(0)),
  }),
  of({
    ...{ id: "manifest-number", title: "a number as the list: borg deletes the old one, then fails" },
    ...{ stock: "append-only", layers: ["gate", "audit"], run: put(async () => 5) },
  }),
  of({
    ...{ id: "manifest-null", title: "nil as the list: borg deletes the old one, then fails" },
    ...{ stock: "append-only", layers: ["gate", "audit"], run: put(async () => null) },
  }),
  of({
    ...{
      id: "manifest-oversized",
      title: "a list just above borg's largest object, below the largest message",
    },
    ...{ stock: "append-only", layers: ["gate", "audit"] },
    run: put(async () => Buffer.alloc(20 * 1024 * 1024 - 30)),
  }),
  of({
    ...{
      id: "manifest-replayed",
      title: "an older list of the client's own, put back",
      stock: "append-only",
    },
    ...{ layers: ["audit"] },
    run: async (attacker) => {
      const old = await inSession(attacker, (rpc) => rpc.call("get", { id: MANIFEST }));
      await attacker.server.honestBackup("thursday");
      await attacker.server.settle();
      const data = old.kind === "result" && Buffer.isBuffer(old.value) ? old.value : Buffer.alloc(0);
      await inSession(attacker, async (rpc) => {
        await rpc.call("put", { id: MANIFEST, data });
        return commit(rpc);
      });
      const listed = await attacker.borg(["list", "--short"]);
      return attacker.side === "stock" && !listed.out.includes("thursday")
        ? "the newest archive is gone"
        : null;
    },
  }),
  of({
    ...{ id: "manifest-hide-between-audits", title: "the list emptied and restored between two audits" },
    ...{ stock: "append-only", layers: ["harmless", "audit"] },
    run: async (attacker) => {
      const goOn = attacker.server.pauseAudits();
      try {
        return await inSession(attacker, async (rpc) => {
          const old = await rpc.call("get", { id: MANIFEST });
          await rpc.call("put", { id: MANIFEST, data: randomBytes(100) });
          const hidden = await commit(rpc);
          const data = old.kind === "result" && Buffer.isBuffer(old.value) ? old.value : Buffer.alloc(0);
          await rpc.call("put", { id: MANIFEST, data });
          await commit(rpc);
          return hidden.kind === "result" && attacker.side === "stock"
            ? "nothing tells that the list was empty for a while"
            : null;
        });
      } finally {
        goOn();
      }
    },
  }),
];
