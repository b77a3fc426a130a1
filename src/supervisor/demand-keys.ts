import { openPool } from "~/server/db";
import { readAppKeys } from "~/server/secrets/app-key";
import { countSecretsByKey } from "~/server/secrets/verify-secrets";
import { StartRefusal } from "./refuse-start";

/**
 * Refuses to run with an APP_KEY that does not open what the database holds: a server with another key would fail at every backup, and
 * would seal new secrets with a key that nobody has put away. Changes nothing.
 */
export async function demandKeys(databaseUrl: string, appKey: string): Promise<void> {
  const known = readAppKeys(appKey).map(({ id }) => id);
  const pool = openPool(databaseUrl, { most: 1 });
  const byKey = await countSecretsByKey(pool).finally(() => pool.end());
  const missing = Object.entries(byKey).filter(([id]) => id !== "none" && !known.includes(id));
  if (missing.length === 0) return;
  const what = missing.map(([id, count]) => `key ${id} (${count} stored secrets)`).join(", ");
  throw new StartRefusal(
    `APP_KEY lacks ${what}. Put that key back, behind a comma if a newer one is in use: it stands in your copy of APP_KEY or of the file secrets/app-key. Without it the passphrases of the repositories cannot be opened.`,
  );
}
