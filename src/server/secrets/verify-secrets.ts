import { and, asc, gt, isNotNull, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import type { AppKey } from "./app-key";
import type { BrokenSecret } from "./reseal-secrets";
import { openSecret } from "./seal-secret";
import { secretColumns } from "./secret-columns";

const BATCH = 500;

/** What `verifySecrets` found. */
export interface VerifiedSecrets {
  secrets: number;
  /** How many each key has sealed, by the key's id; `none` for what is no ciphertext at all. */
  byKey: Record<string, number>;
  broken: BrokenSecret[];
}

/** Opens every stored secret in its place and forgets it again. Changes nothing. */
export async function verifySecrets(
  ctx: Pick<Ctx, "db">,
  keys: readonly [AppKey, ...AppKey[]],
): Promise<VerifiedSecrets> {
  const found: VerifiedSecrets = { secrets: 0, byKey: {}, broken: [] };
  for (const { table, sealed, rowId, placeOf } of secretColumns()) {
    for (let after: string | null = ""; after !== null; ) {
      const rows: { id: string; stored: string }[] = await ctx.db
        .select({ id: sql<string>`${rowId}`, stored: sql<string>`${sealed}` })
        .from(table)
        .where(and(gt(rowId, after), isNotNull(sealed)))
        .orderBy(asc(rowId))
        .limit(BATCH);
      for (const { id, stored } of rows) {
        const keyId = keyIdOf(stored);
        found.byKey[keyId] = (found.byKey[keyId] ?? 0) + 1;
        const why = whyNotOpen(() => openSecret(stored, placeOf(id), keys));
        if (why !== null) found.broken.push({ ...placeOf(id), why });
      }
      found.secrets += rows.length;
      after = rows.at(-1)?.id ?? null;
    }
  }
  return found;
}

/** How many stored secrets each key has sealed, without opening any. */
export async function countSecretsByKey(ctx: Pick<Ctx, "db">): Promise<Record<string, number>> {
  const byKey: Record<string, number> = {};
  for (const { table, sealed } of secretColumns()) {
    const rows = await ctx.db
      .select({
        keyId: sql<string>`coalesce(substring(${sealed} from '^1[.]([0-9a-f]{8})[.]'), 'none')`,
        count: sql<number>`count(*)::int`,
      })
      .from(table)
      .where(isNotNull(sealed))
      .groupBy(sql`1`);
    for (const { keyId, count } of rows) byKey[keyId] = (byKey[keyId] ?? 0) + count;
  }
  return byKey;
}

const keyIdOf = (stored: string) => /^1\.([0-9a-f]{8})\./.exec(stored)?.[1] ?? "none";

function whyNotOpen(open: () => string): string | null {
  try {
    open();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
