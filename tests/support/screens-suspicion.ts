import { desc, eq, sql } from "drizzle-orm";
import type { ArchiveItem } from "~/borg/archive-items";
import { scoreArchives } from "~/server/archives/anomaly/score-archives";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import type { Ctx } from "~/server/context";
import type { Pool } from "~/server/db";
import { archiveLedger } from "~/server/db/schema/vault";
import type { SeededPlan } from "./screens-history";

export interface SeededSuspicion {
  /** Its backup found half of a home encrypted. */
  archiveId: string;
  /** An ordinary one, two nights before. */
  ordinaryId: string;
}

const NIGHTS = 12;
const KINDS = ["docx", "xlsx", "pdf", "jpg", "md", "odt"];
const KB = 1024;

/** A plan whose newest but one backup looks as if its machine was encrypted, after ordinary ones. */
export async function seedSuspicion(ctx: Ctx, pool: Pool, plan: SeededPlan): Promise<SeededSuspicion> {
  const newest = await pool.db
    .select({ id: archiveLedger.id })
    .from(archiveLedger)
    .where(eq(archiveLedger.planId, plan.planId))
    .orderBy(desc(archiveLedger.observedAt))
    .limit(NIGHTS);
  const archives = newest.toReversed();
  const repository = await openCatalog(pool.sql, plan.repositoryId);
  // Where the score asks for the catalog.
  const shared = globalThis as typeof globalThis & { bbsPool?: Pool };
  shared.bbsPool ??= pool;
  for (const [night, { id: archiveId }] of archives.entries()) {
    const files = filesOf(night);
    await writeArchive(pool.sql, { repository, planId: plan.planId, archiveId }, async function* () {
      yield itemsOf(files);
    });
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const fresh = files.filter(({ changed }) => changed === night);
    const freshBytes = fresh.reduce((sum, file) => sum + file.size, 0);
    await pool.db
      .update(archiveLedger)
      .set({
        ...{ originalBytes: bytes, compressedBytes: Math.round(bytes * 0.55), fileCount: files.length },
        deduplicatedBytes: Math.round(freshBytes * (night === ATTACK ? 1 : 0.5)),
        describedAt: sql`coalesce(${archiveLedger.describedAt}, ${archiveLedger.observedAt})`,
      })
      .where(eq(archiveLedger.id, archiveId));
  }
  await pool.db
    .update(archiveLedger)
    .set({ describedAt: null })
    .where(
      sql`${archiveLedger.planId} = ${plan.planId} and not ${archiveLedger.id} = any(${sql.param(archives.map(({ id }) => id))})`,
    );
  await scoreArchives({ ...ctx, actor: { kind: "worker" } }, plan);
  return { archiveId: archives[ATTACK]?.id ?? "", ordinaryId: archives[ATTACK - 2]?.id ?? "" };
}

const ATTACK = NIGHTS - 2;

interface File {
  path: string;
  size: number;
  /** The night that changed it last. */
  changed: number;
}

function filesOf(night: number): File[] {
  const files: File[] = [];
  for (let n = 0; n < 400; n++) {
    const folder = ["documents/taxes", "documents/letters", "pictures/2025", "projects/shop"][n % 4] ?? "";
    const path = `home/ada/${folder}/file ${n}.${KINDS[n % KINDS.length]}`;
    const size = 20 * KB + (n % 37) * KB;
    const edited = Array.from({ length: night }, (_, at) => at + 1).findLast((at) => n % 97 === at * 7);
    if (night >= ATTACK && n % 8 < 5) files.push({ path: `${path}.locked`, size, changed: ATTACK });
    else files.push({ path, size, changed: edited ?? 0 });
  }
  if (night >= ATTACK)
    for (const folder of ["documents/taxes", "documents/letters", "pictures/2025", "projects/shop"])
      files.push({ path: `home/ada/${folder}/README_TO_DECRYPT.txt`, size: 900, changed: ATTACK });
  return files;
}

function itemsOf(files: readonly File[]): ArchiveItem[] {
  const items: ArchiveItem[] = [];
  const known = new Set<string>();
  for (const { path, size, changed } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      const folder = names.slice(0, depth).join("/");
      if (!known.has(folder)) items.push(itemOf(folder, "d", 0, 0));
      known.add(folder);
    }
    items.push(itemOf(path, "-", size, changed));
  }
  return items;
}

function itemOf(path: string, type: "d" | "-", size: number, night: number): ArchiveItem {
  return {
    ...{ path, type, size, owner: "ada", group: "ada", target: null },
    mode: type === "d" ? "rwxr-xr-x" : "rw-r--r--",
    modified: (Date.UTC(2026, 10, 1) + night * 86_400_000) * 1000,
  };
}
