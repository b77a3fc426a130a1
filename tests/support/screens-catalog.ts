import { desc, eq } from "drizzle-orm";
import type { ArchiveItem } from "~/borg/archive-items";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import type { Pool } from "~/server/db";
import { archiveLedger } from "~/server/db/schema/vault";
import type { SeededPlan } from "./screens-history";

/** The newest archives of a plan as the catalog holds them, and a file of which it knows several versions. */
export interface SeededCatalog {
  archiveId: string;
  repositoryId: string;
  /** base64url of its path. */
  file: string;
}

const MIB = 1024 ** 2;
const NIGHTS = 4;
const FILE = "srv/mail/reports/annual report.pdf";

/** Writes what the last nights' backups of a plan would have held: folders of all sizes, a folder of thousands, odd names. */
export async function seedCatalog(pool: Pool, plan: SeededPlan): Promise<SeededCatalog> {
  const archives = await pool.db
    .select({ id: archiveLedger.id })
    .from(archiveLedger)
    .where(eq(archiveLedger.planId, plan.planId))
    .orderBy(desc(archiveLedger.observedAt))
    .limit(NIGHTS);
  const repository = await openCatalog(pool.sql, plan.repositoryId);
  for (const [night, { id: archiveId }] of [...archives].reverse().entries()) {
    await writeArchive(pool.sql, { repository, planId: plan.planId, archiveId }, async function* () {
      yield itemsOf(night);
    });
  }
  return {
    archiveId: archives[0]?.id ?? "",
    repositoryId: plan.repositoryId,
    file: Buffer.from(FILE).toString("base64url"),
  };
}

/** In the order of a walk, so that nothing has to be sorted. */
function itemsOf(night: number): ArchiveItem[] {
  const files: [path: string, mib: number, night: number][] = [
    ["etc/hostname", 0.00001, 0],
    ["etc/postfix/main.cf", 0.03, night >= 2 ? 2 : 0],
    ["srv/mail/ada/2026.mbox", 912 + 40 * night, night],
    ["srv/mail/ada/drafts.mbox", 12, 0],
    ["srv/mail/ben/2025.mbox", 1410, 0],
    ["srv/mail/ben/2026.mbox", 530, 0],
    [FILE, 8 + night, night],
    ["srv/mail/reports/notes \xe9\u0001.txt", 0.002, 0],
    ...Array.from({ length: 1200 }, (_, at): [string, number, number] => [
      `srv/photos/IMG_${String(at).padStart(4, "0")}.jpg`,
      2 + (at % 7) / 3,
      0,
    ]),
    ...(night >= 3 ? [["var/log/mail.log.1", 340, 3] as [string, number, number]] : []),
    ...(night < 3 ? [["var/tmp/export.sql", 75, 0] as [string, number, number]] : []),
  ];
  const items: ArchiveItem[] = [];
  const known = new Set<string>();
  for (const [path, mib, changed] of files) {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      const folder = names.slice(0, depth).join("/");
      if (known.has(folder)) continue;
      known.add(folder);
      items.push(itemOf(folder, "d", 0, 0));
    }
    items.push(itemOf(path, "-", Math.round(mib * MIB), changed));
  }
  return items;
}

function itemOf(path: string, type: "d" | "-", size: number, night: number): ArchiveItem {
  return {
    ...{ path, type, size, owner: "mail", group: "mail", target: null },
    mode: type === "d" ? "rwxr-x---" : "rw-r-----",
    modified: (Date.UTC(2026, 10, 1) + night * 86_400_000) * 1000,
  };
}
