import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attack, Attacker } from "../attack";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "junk archives", stock: "append-only", layers: ["ledger"], victim: "junk" },
  ...attack,
});

const junk =
  (count: number, prefix: string, time: string): Attack["run"] =>
  async (attacker) => {
    await attacker.hostile("junk", String(count), prefix, time);
    await attacker.server.settle();
    await attacker.server.maintain();
    return null;
  };

/** Real archives of nothing, by the client's own borg, with this date. */
const create = async (attacker: Attacker, names: readonly string[], timestamp: string) => {
  const nothing = join(attacker.folder, "nothing");
  writeFileSync(nothing, "nothing");
  for (const [second, name] of names.entries())
    await attacker.borg(["create", "--timestamp", `${timestamp}:0${second}`, `::${name}`, nothing]);
};

/** Archives that may be stored, made so that the server's own cleaning up removes the good ones. */
export const junkArchiveAttacks: Attack[] = [
  of({
    ...{ id: "junk-future", title: "archives of nothing dated years ahead, then the server prunes" },
    layers: ["ledger"],
    run: junk(12, "later-%d", "2087-03-01T00:00:00.000000"),
  }),
  of({
    ...{ id: "junk-daily", title: "an archive of nothing for each of the next days, then the server prunes" },
    layers: ["ledger"],
    run: async (attacker) => {
      for (let day = 1; day <= 4; day++) await create(attacker, [`daily-${day}`], `2087-03-0${day}T12:00`);
      await attacker.server.settle();
      await attacker.server.maintain();
      return null;
    },
  }),
  of({
    ...{
      id: "junk-back-dated",
      title: "archives of nothing dated before the good ones, then the server prunes",
    },
    layers: ["ledger", "harmless"],
    run: async (attacker) => {
      await attacker.hostile("junk", "12", "early-%d", "1971-01-01T00:00:00.000000");
      await attacker.server.settle();
      await attacker.server.maintain();
      const listed = await attacker.borg(["list", "--short", "--first", "1"]);
      return attacker.side === "stock" && listed.out.startsWith("early")
        ? "junk holds the place of the oldest good archive in every rule by age"
        : null;
    },
  }),
  of({
    ...{ id: "junk-look-alike", title: "names that look like the good ones (blanks, other alphabets)" },
    layers: ["ledger"],
    run: async (attacker) => {
      await create(attacker, ["monday ", "mоnday", "Monday", "monday.", "tuesday\u200b"], "2087-01-01T00:00");
      await attacker.server.settle();
      await attacker.server.maintain();
      return null;
    },
  }),
  of({
    ...{
      id: "junk-as-checkpoints",
      title: "names of checkpoints of good archives, so that they are cleaned up",
    },
    layers: ["ledger", "harmless", "audit"],
    run: async (attacker) => {
      await attacker.hostile("rename-only", "monday", "monday.checkpoint");
      await attacker.server.settle();
      await attacker.server.maintain();
      return null;
    },
  }),
  of({
    ...{ id: "junk-option-names", title: "names that look like options, paths and other archives" },
    layers: ["ledger", "harmless"],
    run: async (attacker) => {
      const names = ["--force", "-a", "x::monday", "../../config", "*", "re:.*", "{now}", "a\nmonday"];
      await attacker.hostile("junk-names", "2087-01-01T00:00:00.000000", ...names);
      await attacker.server.settle();
      await attacker.server.maintain();
      return null;
    },
  }),
  of({
    ...{ id: "junk-many", title: "very many tiny archives at once, then the server prunes" },
    ...{ layers: ["ledger", "audit"], slow: true },
    run: (attacker) =>
      junk(process.env.SOAK ? 10_000 : 300, "tiny-%d", "2087-03-01T00:00:00.000000")(attacker),
  }),
];
