import { createHash } from "node:crypto";
import type { journalEntries } from "../db/schema/journal";

export type StoredEntry = typeof journalEntries.$inferSelect;

/** What stands before the first entry. */
export const FIRST_PREVIOUS_HASH = "0".repeat(64);

/**
 * SHA-256 in hex over an entry's canonical form: a JSON array of its fields in this order, keys of objects sorted, times as ISO 8601 in
 * UTC with milliseconds. PostgreSQL's jsonb forgets the order of keys, so the order must be ours. Never change it: it is the chain.
 */
export function entryHash(entry: Omit<StoredEntry, "hash">): string {
  const canonical = JSON.stringify([
    entry.previousHash,
    entry.id,
    entry.at.toISOString(),
    entry.actorKind,
    entry.actorId,
    entry.actorName,
    entry.action,
    entry.say,
    entry.clientId,
    entry.repositoryId,
    withSortedKeys(entry.detail),
  ]);
  return createHash("sha256").update(canonical).digest("hex");
}

/** Pairs, not an object: JavaScript puts keys that look like numbers first. The first element keeps the two kinds apart. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return ["[", ...value.map(withSortedKeys)];
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return ["{", ...pairs.map(([key, inner]) => [key, withSortedKeys(inner)])];
}
