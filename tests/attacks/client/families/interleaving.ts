import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Attack, Attacker } from "../attack";
import { allObjects, chunkOf, commit, openSession } from "../session";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "interleaving", stock: "append-only" },
  ...attack,
});

/** Opens, deletes everything it knows, commits; refused or not. */
async function strike(attacker: Attacker): Promise<void> {
  const { rpc } = await openSession(attacker, { lock_wait: 30 });
  for (const id of allObjects(attacker)) await rpc.call("delete", { id });
  await commit(rpc);
  await rpc.close();
}

/** The server's own work, met at its weakest moment. */
export const interleavingAttacks: Attack[] = [
  of({
    ...{
      id: "during-audit",
      title: "sessions one after the other while audits run",
      layers: ["gate", "keeper"],
    },
    run: async (attacker) => {
      const backup = attacker.server.honestBackup(`honest-${randomBytes(3).toString("hex")}`);
      await Promise.all([strike(attacker), backup, strike(attacker)]);
      await strike(attacker);
      return null;
    },
  }),
  of({
    ...{
      id: "between-commit-and-audit",
      title: "deletes right after an honest commit, before it is audited",
    },
    layers: ["gate", "keeper"],
    run: async (attacker) => {
      const goOn = attacker.server.pauseAudits();
      await attacker.server.honestBackup(`honest-${randomBytes(3).toString("hex")}`);
      // Asks while nobody has audited, and is still asking when somebody does.
      const opening = openSession(attacker, { lock_wait: 30 });
      await wait(2500);
      goOn();
      const { rpc } = await opening;
      const listed = await rpc.call("list", { limit: 1000, marker: null });
      const ids = listed.kind === "result" && Array.isArray(listed.value) ? listed.value : [];
      for (const id of ids) if (Buffer.isBuffer(id)) await rpc.call("delete", { id });
      await commit(rpc);
      await rpc.close();
      return null;
    },
  }),
  of({
    ...{
      id: "hide-then-maintenance",
      title: "an archive hidden right before the server prunes and compacts",
    },
    layers: ["audit"],
    run: async (attacker) => {
      const goOn = attacker.server.pauseAudits();
      await attacker.hostile("drop", "monday");
      await attacker.server.maintain();
      goOn();
      return null;
    },
  }),
  of({
    ...{ id: "swap-then-maintenance", title: "names swapped right before the server deletes by name" },
    layers: ["audit"],
    run: async (attacker) => {
      const goOn = attacker.server.pauseAudits();
      await attacker.hostile("swap", "monday", "wednesday");
      await attacker.server.maintain();
      goOn();
      return null;
    },
  }),
  of({
    ...{ id: "during-maintenance", title: "deletes while the server compacts", layers: ["gate", "keeper"] },
    run: async (attacker) => {
      await Promise.all([attacker.server.maintain(), wait(200).then(() => strike(attacker))]);
      return null;
    },
  }),
  of({
    ...{ id: "session-over-maintenance", title: "a writing session held open over the server's maintenance" },
    layers: ["gate", "keeper"],
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      await rpc.call("put", { id: randomBytes(32), data: randomBytes(3000) });
      await Promise.race([attacker.server.maintain(), wait(5000)]);
      await rpc.call("delete", { id: chunkOf(attacker) });
      await commit(rpc);
      await rpc.close();
      return null;
    },
  }),
  of({
    ...{
      id: "during-roll-back",
      title: "deletes while an administrator rolls back",
      layers: ["gate", "keeper"],
    },
    run: async (attacker) => {
      await attacker.hostile("drop-all");
      await attacker.server.settle();
      await Promise.all([
        attacker.server.rollBack(),
        strike(attacker),
        wait(300).then(() => strike(attacker)),
      ]);
      await strike(attacker);
      return null;
    },
  }),
];
