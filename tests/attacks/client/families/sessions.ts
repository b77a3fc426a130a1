import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Attack, Attacker } from "../attack";
import { COMMIT, chunkOf, commit, inSession, openSession } from "../session";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "sessions", stock: "append-only" },
  ...attack,
});

/** Cuts a put, a commit and an open at this place, then deletes what was stored as if it were left over. */
const cutAt = (attack: Pick<Attack, "id" | "title">, where: (length: number) => number): Attack =>
  of({
    ...attack,
    layers: ["gate"],
    run: async (attacker) => {
      const own = randomBytes(32);
      for (const call of ["put", "commit"] as const) {
        const { rpc } = await openSession(attacker);
        await rpc.call("put", { id: randomBytes(32), data: randomBytes(2000) });
        if (call === "commit") await commit(rpc);
        const message = rpc.message(call, call === "put" ? { id: own, data: randomBytes(100_000) } : COMMIT);
        await rpc.writeThrough(message.subarray(0, where(message.length)));
        await rpc.kill();
      }
      await inSession(attacker, async (rpc) => {
        await rpc.call("delete", { id: own });
        await rpc.call("delete", { id: chunkOf(attacker) });
        return commit(rpc);
      });
      return null;
    },
  });

/** Whether an honest backup that waits a little gets through now. */
const backupFails = async (attacker: Attacker) =>
  (await attacker.server.honestBackup(`honest-${randomBytes(3).toString("hex")}`)).code !== 0;

/** Many, endless, broken off. */
export const sessionAttacks: Attack[] = [
  cutAt({ id: "cut-in-header", title: "killed in the first bytes of a call, then a delete" }, () => 3),
  cutAt({ id: "cut-in-name", title: "killed in the name of a call, then a delete" }, () => 8),
  cutAt({ id: "cut-in-id", title: "killed in the id of an object, then a delete" }, (all) =>
    Math.min(all - 1, 40),
  ),
  cutAt({ id: "cut-in-data", title: "killed in the middle of the data, then a delete" }, (all) =>
    Math.floor(all / 2),
  ),
  cutAt(
    { id: "cut-before-last-byte", title: "killed one byte before the end, then a delete" },
    (all) => all - 1,
  ),
  cutAt({ id: "cut-before-answer", title: "killed before the answer, then a delete" }, (all) => all),
  of({
    ...{
      id: "lock-for-ever",
      title: "a writing session that does nothing and never ends",
      layers: ["keeper"],
    },
    ...{ sessionLimitSeconds: 6, victim: "limited" },
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      await wait(9000);
      const blocked = await backupFails(attacker);
      await rpc.close();
      return blocked ? "no backup gets through as long as the attacker likes" : null;
    },
  }),
  of({
    ...{
      id: "with-lock-for-ever",
      title: "borg with-lock around a command that never ends",
      layers: ["keeper", "gate"],
    },
    ...{ sessionLimitSeconds: 6, victim: "limited" },
    run: async (attacker) => {
      const holder = attacker.startBorg(["with-lock", attacker.url, "sleep", "60"]);
      await wait(9000);
      const blocked = await backupFails(attacker);
      holder.kill("SIGKILL");
      return blocked ? "no backup gets through as long as the attacker likes" : null;
    },
  }),
  of({
    ...{
      id: "many-sessions",
      title: "two dozen sessions at once",
      layers: ["keeper", "harmless"],
    },
    run: async (attacker) => {
      const sessions: Awaited<ReturnType<typeof openSession>>[] = [];
      // A few at a time: sshd drops strangers that all knock at once.
      for (let round = 0; round < 6; round++)
        sessions.push(
          ...(await Promise.all(
            Array.from({ length: 4 }, () => openSession(attacker, { lock_wait: 1, exclusive: false })),
          )),
        );
      const open = sessions.filter(({ opened }) => opened.kind === "result").length;
      await Promise.all(sessions.map(({ rpc }) => rpc.close()));
      const after = await backupFails(attacker);
      return open > 20 || after
        ? `${open} sessions at a time${after ? ", and backups fail afterwards" : ""}`
        : null;
    },
  }),
  of({
    ...{ id: "half-open-sessions", title: "sessions that never say a word", layers: ["keeper", "harmless"] },
    run: async (attacker) => {
      const silent = Array.from({ length: 10 }, () => attacker.connect());
      await wait(1500);
      const blocked = await backupFails(attacker);
      const alive = silent.filter((rpc) => !rpc.isClosed).length;
      await Promise.all(silent.map((rpc) => rpc.kill()));
      return blocked || attacker.side === "stock" ? `${alive} processes of the server wait for ever` : null;
    },
  }),
  of({
    ...{
      id: "reader-prevents-seal",
      title: "a reader that stays, so that new archives stay unsealed; then a shell",
    },
    ...{ layers: ["accounts", "audit", "keeper"] },
    run: async (attacker) => {
      const reader = await openSession(attacker, { exclusive: false });
      await attacker.server.honestBackup("thursday");
      await attacker.server.settle("audited");
      await attacker.shell('find "$1/data" -type f -size +17c -delete; rm -f "$1"/index.* "$1"/hints.*');
      await reader.rpc.close();
      return null;
    },
  }),
];
