import { expect, it } from "vitest";
import { tellWork } from "./work-words";

it.each([
  [
    "audit",
    { clean: true, sealed: true, newArchives: 1, newBytes: 1024, scanSeconds: 0.4, listSeconds: 1.6 },
    [
      "Everything that was sealed is there, unchanged.",
      "1 new archive in 1.00 KiB of new data, audited in 2 s.",
      "It is sealed anew.",
    ],
  ],
  ["audit", { clean: false, newArchives: 3 }, ["It is not clean: the repository is held."]],
  [
    "trash-archives",
    {
      trashed: ["a", "b"],
      kept: [
        { name: "c", why: "It is protected." },
        { name: "d", why: "It is protected." },
      ],
    },
    ["2 archives are in the trash and can be brought back.", "2 archives stay: It is protected."],
  ],
  ["prune", { considered: 30, trashed: [], kept: [] }, ["Of 30 archives all stay."]],
  [
    "prune",
    { considered: 30, trashed: ["a"], kept: [] },
    ["Of 30 archives 1 went into the trash and can be brought back."],
  ],
  [
    "bring-back-archives",
    { broughtBack: ["a"], gone: ["b"] },
    ["1 archive is back.", "1 archive was deleted for good before."],
  ],
  [
    "compact",
    { deleted: [], checkpoints: 2, freedBytes: 2048 },
    [
      "No archive was deleted for good.",
      "2 checkpoints of interrupted backups dropped.",
      "2.00 KiB came free.",
    ],
  ],
  ["release-old-seals", { freedBytes: 0 }, ["0 B came free."]],
  [
    "accept-state",
    { transaction: 15, archivesGivenUp: 0 },
    ["The state as it was is the clean one now, and sealed.", "No archive was given up."],
  ],
  [
    "set-vault-rules",
    { inForceFrom: "2026-11-30T02:00:00.000Z" },
    ["They are in force from 2026-11-30 02:00 UTC."],
  ],
])("tells what came of %s", (kind, work, sentences) => {
  expect(tellWork(kind, work)).toEqual(sentences);
});

it("tells nothing of what it does not know, and nothing that an old row does not hold", () => {
  expect(tellWork("list-folder", { entries: [] })).toEqual([]);
  expect(tellWork("constructor", {})).toEqual([]);
  for (const kind of ["audit", "trash-archives", "prune", "bring-back-archives", "compact", "roll-back"])
    expect(tellWork(kind, {})).toEqual([]);
});
