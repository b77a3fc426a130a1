import type postgres from "postgres";
import type { ArchiveItem } from "~/borg/archive-items";

/** More different owners and permissions than any tree has; a made-up archive must not fill our memory. */
const MOST_KINDS = 1_000_000;

/** The numbers of type, permissions and owners in one repository; new ones are given as they come and `fresh` lists them for storing. */
export async function readKinds(sql: postgres.Sql, repository: number) {
  const rows = await sql<{ id: number; type: string; mode: string; owner: Buffer; grp: Buffer }[]>`
    select id, type, mode, owner, grp from catalog_kinds where repository = ${repository} order by id`;
  const known = new Map(
    rows.map((row) => [
      keyOf({ ...row, owner: row.owner.toString("latin1"), group: row.grp.toString("latin1") }),
      row.id,
    ]),
  );
  const fresh: { id: number; type: string; mode: string; owner: Buffer; grp: Buffer }[] = [];
  let last: { item: ArchiveItem; id: number } | null = null;
  return {
    fresh,
    kindOf(item: ArchiveItem): number {
      // Mostly the same as that of the item before; a key for each of a million items is a million texts.
      if (last && isAlike(last.item, item)) return last.id;
      const key = keyOf(item);
      const there = known.get(key);
      if (there !== undefined) {
        last = { item, id: there };
        return there;
      }
      const id = known.size + 1;
      if (id > MOST_KINDS)
        throw new Error("the archive has more different owners and permissions than the catalog holds");
      known.set(key, id);
      fresh.push({
        ...{ id, type: item.type, mode: item.mode },
        ...{ owner: Buffer.from(item.owner, "latin1"), grp: Buffer.from(item.group, "latin1") },
      });
      return id;
    },
  };
}

const keyOf = (of: { type: string; mode: string; owner: string; group: string }) =>
  `${of.type}${of.mode}\n${of.owner}\n${of.group}`;

const isAlike = (a: ArchiveItem, b: ArchiveItem) =>
  a.mode === b.mode && a.type === b.type && a.owner === b.owner && a.group === b.group;
