import { type ItemType, itemType } from "~/borg/archive-items";

/** A version as its row and its kind hold it. */
export interface VersionRow {
  name: Buffer;
  size: number;
  modified: number | null;
  type: string;
  mode: string;
  owner: Buffer;
  grp: Buffer;
  target: Buffer | null;
}

/** A version as people and the console read it; bytes as base64. */
export interface FileVersion {
  name: string;
  type: ItemType;
  mode: string;
  user: string;
  group: string;
  bytes: number;
  modifiedAt: string | null;
  linkTarget: string | null;
}

export function toVersion(row: VersionRow): FileVersion {
  return {
    name: row.name.toString("base64"),
    type: itemType(row.type),
    // Nothing is known of a folder that is not stored itself.
    mode: row.mode === "" ? "drwxr-xr-x" : `${row.type === "h" ? "-" : row.type}${row.mode}`,
    user: row.owner.toString("utf8"),
    group: row.grp.toString("utf8"),
    bytes: row.size,
    modifiedAt: instantOf(row.modified),
    linkTarget: row.target?.toString("utf8") ?? null,
  };
}

/** From microseconds; null for what no date holds. */
export function instantOf(microseconds: number | null): string | null {
  if (microseconds === null) return null;
  const at = new Date(Math.floor(microseconds / 1000));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
