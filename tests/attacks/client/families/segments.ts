import type { Attack } from "../attack";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "segments", stock: "append-only" },
  ...attack,
});

const trick =
  (...words: string[]): Attack["run"] =>
  async (attacker) => {
    await attacker.tricks(...words);
    return null;
  };

/** Borg's own files, written by hand as the serving account: no call passes the gate. */
export const segmentAttacks: Attack[] = [
  of({
    ...{
      id: "segment-deletes",
      title: "a hand-written transaction that deletes everything",
      layers: ["audit"],
    },
    run: trick("deletes"),
  }),
  of({
    ...{ id: "segment-junk", title: "a hand-written transaction that replaces objects", layers: ["audit"] },
    run: trick("junk"),
  }),
  of({
    ...{
      id: "segment-old-manifest",
      title: "the first list of archives appended once more",
      layers: ["audit"],
    },
    run: trick("old-manifest"),
  }),
  of({
    ...{ id: "segment-bad-crc", title: "entries with wrong check sums, committed", layers: ["audit"] },
    run: trick("bad-crc"),
  }),
  of({
    ...{ id: "segment-framing", title: "an entry that claims four gigabytes", layers: ["audit"] },
    run: trick("framing"),
  }),
  of({
    ...{ id: "segment-sparse", title: "a sparse segment of forty gigabytes", layers: ["audit"] },
    run: async (attacker) => {
      await attacker.tricks("sparse");
      if (attacker.side === "ours") return null;
      await attacker.shell('truncate -s 40 "$(find "$1/data" -size +1G | head -1)"');
      return "every reader has forty gigabytes to go through";
    },
  }),
  of({
    ...{ id: "segment-arabic-digits", title: "the same under a number in Arabic digits, which Python reads" },
    ...{ layers: ["audit", "harmless"], run: trick("digits") },
  }),
  of({
    ...{ id: "segment-leading-zeros", title: "the same under a number with leading zeros" },
    ...{ layers: ["audit", "harmless"], run: trick("zeros") },
  }),
  of({
    ...{ id: "index-empty", title: "an index that knows no object", layers: ["harmless", "audit"] },
    run: async (attacker) => {
      await attacker.tricks("empty-index");
      if (attacker.side === "ours") return null;
      return (await attacker.borg(["list"])).code !== 0 ? "no archive is found any more" : null;
    },
  }),
  of({
    ...{
      id: "hints-everything-free",
      title: "index and hints by which nothing is in use, then the server compacts",
    },
    layers: ["harmless", "audit", "ledger"],
    run: async (attacker) => {
      await attacker.tricks("hints");
      await attacker.server.maintain();
      return null;
    },
  }),
  of({
    ...{
      id: "index-lies-about-list",
      title: "an index that shows an older list of archives than the segments",
    },
    layers: ["audit", "harmless"],
    run: async (attacker) => {
      await attacker.tricks("lying-index");
      const listed = await attacker.borg(["list", "--short"]);
      return attacker.side === "stock" && !listed.out.includes("wednesday")
        ? "archives vanish from the list"
        : null;
    },
  }),
  of({
    ...{ id: "index-hides-the-drop", title: "a list without archives, and an index that shows the good one" },
    layers: ["audit"],
    run: async (attacker) => {
      const goOn = attacker.server.pauseAudits();
      await attacker.hostile("drop-all");
      await attacker.tricks("lying-index");
      goOn();
      return null;
    },
  }),
];
