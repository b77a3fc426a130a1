import { setTimeout as wait } from "node:timers/promises";
import type { Attack, Attacker } from "../attack";

const CONFIRM = {
  BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "YES",
  BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "YES",
  BORG_NEW_PASSPHRASE: "of the attacker",
};

/** Runs these borg commands one after the other; what they did is seen in the repository. */
const commands =
  (...lines: string[][]) =>
  async (attacker: Attacker): Promise<null> => {
    for (const words of lines) await attacker.borg(words, CONFIRM);
    return null;
  };

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "commands", ...attack });

/** borg's own commands, with the client's key, passphrase and cache. */
export const commandAttacks: Attack[] = [
  of({
    ...{ id: "delete-one", title: "borg delete of the oldest archive", stock: "append-only" },
    ...{ layers: ["gate"], run: commands(["delete", "::monday"]) },
  }),
  of({
    ...{ id: "delete-all", title: "borg delete of every archive", stock: "append-only", layers: ["gate"] },
    run: commands(["delete", "-a", "*"]),
  }),
  of({
    ...{ id: "delete-and-compact", title: "borg delete, then borg compact by the client itself" },
    ...{ stock: "unguarded", layers: ["gate"] },
    run: commands(["delete", "::tuesday"], ["compact", "--threshold", "0"]),
  }),
  of({
    ...{ id: "delete-forced-twice", title: "borg delete --force --force: off the list, objects left" },
    ...{
      stock: "append-only",
      layers: ["audit", "gate"],
      run: commands(["delete", "--force", "--force", "::monday"]),
    },
  }),
  of({
    ...{ id: "prune", title: "borg prune --keep-last 1", stock: "append-only", layers: ["gate"] },
    run: commands(["prune", "--keep-last", "1"]),
  }),
  of({
    ...{ id: "rename", title: "borg rename", stock: "append-only", layers: ["gate", "audit"] },
    run: commands(["rename", "::monday", "nothing-to-see"]),
  }),
  of({
    ...{ id: "recreate-exclude", title: "borg recreate that leaves files out", stock: "append-only" },
    ...{ layers: ["gate", "audit"], run: commands(["recreate", "--exclude", "*part-0", "::monday"]) },
  }),
  of({
    ...{
      id: "recreate-recompress",
      title: "borg recreate --recompress over every chunk",
      stock: "append-only",
    },
    layers: ["gate", "audit"],
    run: commands(["recreate", "-C", "zlib,9", "--recompress", "always", "::wednesday"]),
  }),
  of({
    ...{ id: "recreate-redate", title: "borg recreate with another date", stock: "append-only" },
    layers: ["gate", "audit"],
    run: commands(["recreate", "--comment", "x", "--timestamp", "1990-01-01T00:00:00", "::tuesday"]),
  }),
  of({
    ...{ id: "delete-repository", title: "borg delete of the whole repository", stock: "unguarded" },
    ...{ layers: ["gate"], run: commands(["delete", "--force"]) },
  }),
  of({
    ...{ id: "check-repair", title: "borg check --repair after hiding an archive", stock: "unguarded" },
    layers: ["gate", "audit"],
    run: async (attacker) => {
      await attacker.hostile("drop", "monday");
      await attacker.borg(["check", "--repair"], CONFIRM);
      return null;
    },
  }),
  of({
    ...{ id: "debug-delete-chunk", title: "borg debug delete-obj of a shared chunk", stock: "append-only" },
    layers: ["gate"],
    run: (attacker) =>
      commands(["debug", "delete-obj", attacker.url, attacker.archives[0]?.objects.at(-1) ?? ""])(attacker),
  }),
  of({
    ...{ id: "debug-delete-manifest", title: "borg debug delete-obj of the manifest", stock: "append-only" },
    layers: ["gate", "audit"],
    run: (attacker) => commands(["debug", "delete-obj", attacker.url, "00".repeat(32)])(attacker),
  }),
  of({
    ...{ id: "init-another", title: "borg init of another repository below the client's own" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: async (attacker) => {
      const ended = await attacker.borg(["init", "-e", "none", `${attacker.url}-another`]);
      return ended.code === 0 ? "has a second repository with a quota of its own" : null;
    },
  }),
  of({
    ...{
      id: "break-lock",
      title: "borg break-lock while the client's own backup runs",
      stock: "append-only",
    },
    layers: ["gate"],
    run: async (attacker) => {
      const holder = attacker.startBorg(["with-lock", attacker.url, "sleep", "4"]);
      await wait(1500);
      const ended = await attacker.borg(["break-lock"]);
      const second = await attacker.borg(["--lock-wait", "0", "with-lock", attacker.url, "true"]);
      holder.kill("SIGKILL");
      return ended.code === 0 && second.code === 0 ? "two writers at a time" : null;
    },
  }),
];
