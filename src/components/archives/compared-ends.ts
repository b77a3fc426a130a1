import type { Api } from "../system/api";

type Comparable = Api["archives"]["comparable"];

/**
 * Which archive an archive is compared with: the one that was chosen, else the one before it, else the one after. `ends` are the two by age;
 * null: there is no other, or the chosen one is not among those that it can be compared with.
 */
export function comparedEnds(id: string, { older, newer }: Comparable, chosen: string | null) {
  const otherId = chosen ?? older[0]?.archiveId ?? newer.at(-1)?.archiveId ?? null;
  const before = older.find(({ archiveId }) => archiveId === otherId);
  const other = before ?? newer.find(({ archiveId }) => archiveId === otherId) ?? null;
  const ends =
    other === null
      ? null
      : before
        ? { before: before.archiveId, after: id }
        : { before: id, after: other.archiveId };
  return { otherId, other, ends };
}
