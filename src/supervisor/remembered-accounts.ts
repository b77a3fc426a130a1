import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Account } from "./accounts";

const numbers = z.record(z.string(), z.object({ uid: z.number().int(), gid: z.number().int() }));

const fileOf = (data: string) => join(data, "accounts.json");

/**
 * The numbers our accounts had at the last start. The files in the data folder belong to numbers, while a container's /etc/passwd
 * forgets the names at every update. Empty when nothing is known.
 */
export async function rememberedNumbers(data: string): Promise<Record<string, { uid: number; gid: number }>> {
  const text = await readFile(fileOf(data), "utf8").catch(() => "{}");
  return numbers.parse(JSON.parse(text));
}

export async function rememberNumbers(data: string, accounts: readonly Account[]): Promise<void> {
  const known = Object.fromEntries(accounts.map(({ name, uid, gid }) => [name, { uid, gid }]));
  await writeFile(fileOf(data), `${JSON.stringify(known, null, 2)}\n`, { mode: 0o644 });
}
