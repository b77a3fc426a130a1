import type { Attack } from "../attack";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "time", stock: "append-only", victim: "own" },
  ...attack,
});

/** A client whose clock is years off, on purpose or not. */
export const timeAttacks: Attack[] = [
  of({
    ...{
      id: "clock-years-ahead",
      title: "an archive of the year 2999, then the server prunes by age",
      layers: ["ledger"],
    },
    victim: "junk",
    run: async (attacker) => {
      for (const day of [1, 2, 3])
        await attacker.borg([
          "create",
          "--timestamp",
          `2999-01-0${day}T00:00:00`,
          `::ahead-${day}`,
          "/etc/hostname",
        ]);
      await attacker.server.settle();
      await attacker.server.maintain();
      return null;
    },
  }),
  of({
    ...{ id: "list-of-the-last-year", title: "a list of archives written at the end of the year 9999" },
    layers: ["audit", "harmless"],
    granted:
      "this client's own later backups fail until an administrator rolls back: the list has no later time",
    run: async (attacker) => {
      await attacker.hostile("far-future");
      await attacker.server.settle();
      const after = await attacker.server.honestBackup("thursday");
      return after.code !== 0 ? "no later backup can be committed" : null;
    },
  }),
  of({
    ...{
      id: "replayed-clock",
      title: "a list dated years ahead, so that honest clients take the server for a replay",
    },
    layers: ["audit", "harmless"],
    granted: "the client's own borg refuses until its record of the list is removed, or the date has come",
    run: async (attacker) => {
      await attacker.hostile("redate-list", "2031-01-01T00:00:00.000000");
      // A backup writes the date of the list into the client's own record.
      await attacker.borg(["create", "::seen", "/etc/hostname"]);
      await attacker.hostile("drop", "monday");
      await attacker.server.settle();
      await attacker.server.rollBack();
      const after = await attacker.borg(["list", "--short"]);
      return /newer than repository/.test(after.err)
        ? "the honest client takes the rolled-back server for an attacker"
        : null;
    },
  }),
];
