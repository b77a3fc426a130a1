import type { AttackLabRun, AttackOutcome } from "~/domain/attack-lab";

const SIZE = 41 * 1024 ** 2;

const attack = (
  id: string,
  family: string,
  title: string,
  layer: AttackOutcome["layer"],
  more: Partial<AttackOutcome> & { lostOnStock?: number } = {},
): AttackOutcome => {
  const { lostOnStock = 5, ...rest } = more;
  return {
    id,
    family,
    title,
    layer,
    stock: { archivesBefore: 5, archivesAfter: 5 - lostOnStock, bytesLost: lostOnStock * SIZE },
    ours: { archivesBefore: 5, archivesAfter: 5, bytesLost: 0 },
    alarm: layer === "audit",
    granted: null,
    ...rest,
  };
};

/** A run of the attack lab as it is recorded: every layer, one attack that leaves something, none that gets through. */
export const SCREEN_LAB_RUN: AttackLabRun = {
  at: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  seconds: 214,
  borgVersions: ["1.2.4", "1.4.0"],
  attacks: [
    attack("delete-all", "commands", "borg delete of the whole repository", "gate"),
    attack("prune-all", "commands", "borg prune that keeps nothing, then borg compact", "gate"),
    attack("raw-destroy", "raw calls", "a bare destroy call, before and after open", "gate"),
    attack("pipelined", "order", "two hundred calls in one write, in front of open", "gate", {
      lostOnStock: 3,
    }),
    attack("bomb", "bombs", "a map that unpacks to 40 GB", "gate", { lostOnStock: 0 }),
    attack("manifest-omits", "manifests", "a manifest of its own that leaves four archives out", "audit", {
      lostOnStock: 4,
    }),
    attack("put-known", "objects", "put of a known id with other content", "gate", { lostOnStock: 2 }),
    attack("junk-back-dated", "junk archives", "ten thousand archives with dates of last year", "ledger", {
      lostOnStock: 3,
      granted: "space, up to the quota",
    }),
    attack("shell-truncate", "shell", "a shell as the client's account: truncates every segment", "accounts"),
    attack("second-client", "second client", "another client opens this one's repository", "keeper", {
      lostOnStock: 1,
    }),
    attack("lock-for-ever", "sessions", "holds the lock and goes away", "harmless", { lostOnStock: 0 }),
  ],
  layersOff: [
    { layer: "the gate's filter", attacks: 11, archivesLost: 0, bytesLost: 0 },
    { layer: "the audit", attacks: 11, archivesLost: 0, bytesLost: 0 },
    { layer: "the seal", attacks: 11, archivesLost: 0, bytesLost: 0 },
  ],
};
