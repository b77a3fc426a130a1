import { eq } from "drizzle-orm";
import type { FoundRepository, ImportCandidate } from "~/domain/repository-import";
import { MAIN_NODE } from "~/server/clients/ensure-storage-node";
import type { Ctx } from "~/server/context";
import { clients } from "~/server/db/schema/clients";
import { recordListing } from "~/server/repositories/import-listing";
import { insertImport, markImport } from "~/server/repositories/import-row";

const GIB = 1024 ** 3;

/** Folders in every state, imports that wait and that were refused, a repository that the database lost, and a client with quotas. */
export async function seedImports(ctx: Ctx, clientIds: Record<string, string>): Promise<void> {
  const owner = clientIds["web-01"] ?? Object.values(clientIds)[0] ?? "";
  await recordListing(ctx, {
    storageNodeId: MAIN_NODE,
    candidates: [
      folder("c1", "old-mail-server", { encryption: "repokey-blake2", bytes: 412.6 * GIB, segments: 884 }),
      folder("c2", "laptop-of-grace", { encryption: "keyfile", bytes: 38.2 * GIB, segments: 82 }),
      folder("c3", "nas-2019", { problem: LOCKED }),
    ],
    lost: [
      {
        ...{ clientId: "k3v9q2m8x1c7b5n4", repositoryId: "p0w8e6r4t2y1u3i5", location: "nas" },
        borgId: "5e".repeat(32),
      },
    ],
  });
  const wanted = { clientId: owner, candidateId: null, location: "main", passphrase: "made up", key: null };
  await insertImport(ctx, { ...wanted, id: "importedwaits", folder: "wiki-backups", name: "wiki" });
  await markImport(ctx, "importedwaits", { state: "checked", found: FOUND });
  await insertImport(ctx, { ...wanted, id: "importedrefused", folder: "db-dumps", name: "dumps" });
  await markImport(ctx, "importedrefused", {
    state: "refused",
    problem:
      "borg found damage: Data integrity error: Segment entry checksum mismatch [segment 212, offset 81]. Nothing was taken.",
  });
  await ctx.db
    .update(clients)
    .set({ quotaBytes: 400 * GIB, softQuotaBytes: 300 * GIB })
    .where(eq(clients.id, owner));
}

const LOCKED =
  "It is locked: a borg is using it, or one was cut off. End it and run borg break-lock there. Nothing was taken.";

const folder = (id: string, name: string, of: Partial<ImportCandidate>): ImportCandidate => ({
  ...{ id, name, location: "main", kind: "import", clientId: null, repositoryId: null },
  ...{ borgId: null, encryption: null, segments: 0, bytes: 0, problem: null },
  ...of,
});

const FOUND: FoundRepository = {
  ...{ borgId: "a7".repeat(32), encryption: "repokey-blake2", bytes: 96.4 * GIB, segments: 205 },
  ...{ uncommittedSegments: 2, appendOnly: true, quotaBytes: 200 * GIB, archiveCount: 37 },
  archives: Array.from({ length: 37 }, (_, at) => ({
    name: `wiki-2026-${String(11 - Math.floor(at / 4)).padStart(2, "0")}-${String(22 - (at % 4) * 7).padStart(2, "0")}`,
    startedAt: new Date(Date.UTC(2026, 10 - Math.floor(at / 4), 22 - (at % 4) * 7, 2, 0, 11)).toISOString(),
    hostname: "wiki-old",
  })),
  ...{ oldestStartedAt: "2026-02-22T02:00:11.000Z", newestStartedAt: "2026-11-22T02:00:11.000Z" },
  ...{ fingerprint: "f", seconds: 741 },
};
