import type { Attack } from "../attack";
import { commit, inSession, MANIFEST, openSession } from "../session";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "after a roll-back", stock: "append-only" },
  ...attack,
});

/** What the attacker still has in its hands when the repository has been put back. */
export const rollBackAttacks: Attack[] = [
  of({
    ...{
      id: "list-kept-over-roll-back",
      title: "the attacker's own list of archives, put in again after it",
    },
    layers: ["audit"],
    run: async (attacker) => {
      const made = await attacker.hostile("manifest-bytes", "drop-all");
      await attacker.hostile("drop-all");
      await attacker.server.settle();
      await attacker.server.rollBack();
      const data = Buffer.from(String(made.data ?? ""), "hex");
      await inSession(attacker, async (rpc) => {
        await rpc.call("put", { id: MANIFEST, data });
        return commit(rpc);
      });
      return null;
    },
  }),
  of({
    ...{ id: "stale-cache-over-roll-back", title: "a client whose cache knows chunks that were rolled back" },
    layers: ["harmless", "audit"],
    run: async (attacker) => {
      await attacker.borg(["create", "::of-the-attacker", "/usr/share/doc/adduser"]);
      await attacker.server.settle();
      await attacker.hostile("drop-all");
      await attacker.server.settle();
      await attacker.server.rollBack();
      const after = await attacker.borg(["create", "::after", "/usr/share/doc/adduser"]);
      return attacker.side === "stock" && after.code !== 0
        ? "the honest client refuses the server until its cache is removed by hand"
        : null;
    },
  }),
  of({
    ...{
      id: "old-key-after-new-one",
      title: "the stolen key after the client was enrolled again",
      layers: ["keeper"],
    },
    victim: "own",
    run: async (attacker) => {
      await attacker.server.replaceKey();
      const { rpc, opened } = await openSession(attacker);
      await rpc.close();
      return opened.kind === "result" ? "the old key still opens the repository" : null;
    },
  }),
  of({
    ...{
      id: "old-session-after-new-key",
      title: "a session of the stolen key that goes on after the new one",
    },
    layers: ["keeper"],
    victim: "own",
    run: async (attacker) => {
      const { rpc } = await openSession(attacker);
      await attacker.server.replaceKey();
      const put = await rpc.call("put", { id: Buffer.alloc(32, 5), data: Buffer.from("still here") });
      const done = put.kind === "result" ? await commit(rpc) : put;
      await rpc.close();
      return done.kind === "result" ? "the old key goes on writing" : null;
    },
  }),
];
