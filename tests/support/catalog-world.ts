import type { ArchiveItem } from "~/borg/archive-items";
import { type ArchiveId, archiveId } from "~/domain/id";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { writeArchive } from "~/server/archives/catalog/write-archive";
import { catalogSql } from "~/server/catalog-pool";
import { type AgentWorld, agentWorld } from "./agent-world";
import { ledgerArchive } from "./archive-world";
import { later } from "./database";

export const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
export const shown = (text: string) => Buffer.from(text, "base64").toString("utf8");
const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");
/** The first of June 2026 in microseconds. */
export const JUNE = 1_780_272_000_000_000;

export const file = (path: string, size = 10, day = 0): ArchiveItem => ({
  ...{ path: bytesOf(path), type: "-", mode: "rw-r--r--", owner: "root", group: "root" },
  ...{ size, modified: JUNE + day * 86_400_000_000, target: null },
});
export const folder = (path: string): ArchiveItem => ({ ...file(path, 0), type: "d", mode: "rwxr-xr-x" });

const MONDAY = [
  folder("home"),
  file("home/Report.pdf", 100),
  file("home/old.txt", 5),
  folder("home/photos"),
  file("home/photos/Ähre.JPG", 3000),
];
const TUESDAY = [
  folder("home"),
  file("home/Report.pdf", 120, 1),
  folder("home/photos"),
  file("home/photos/Ähre.JPG", 3000),
  file("home/photos/new.jpg", 4000, 1),
];

export interface FilledCatalog {
  world: AgentWorld;
  monday: ArchiveId;
  tuesday: ArchiveId;
  /** Writes a further archive, some hours after Monday's. */
  write(items: ArchiveItem[], hours: number): Promise<ArchiveId>;
  /** As if it had been compacted away. */
  drop(id: string): Promise<void>;
}

/** Two nights of a small tree in the catalog, on a world of one client. */
export async function filledCatalog(): Promise<FilledCatalog> {
  const world = await agentWorld();
  const repository = await openCatalog(catalogSql(), world.repositoryId);
  const write = async (items: ArchiveItem[], hours: number) => {
    const { id } = await ledgerArchive(world, { observedAt: later({ hours }) });
    await writeArchive(catalogSql(), { repository, planId: world.planId, archiveId: id }, async function* () {
      yield items;
    });
    return archiveId.parse(id);
  };
  const monday = await write(MONDAY, 0);
  const tuesday = await write(TUESDAY, 24);
  return {
    ...{ world, monday, tuesday, write },
    drop: async (id) => {
      await world.database.pool.sql`update archive_ledger set removed_at = now() where id = ${id}`;
    },
  };
}
