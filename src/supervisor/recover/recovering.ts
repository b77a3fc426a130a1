import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { endLeftoverPostgres } from "../postgres-leftovers";
import { StartRefusal } from "../refuse-start";

/** Stands in the data folder while it is being rebuilt. */
const markOf = (data: string) => join(data, "recovering");

/** What a recovery makes, and begins anew when it was broken off. Repositories and vaults are none of it. */
const MADE = ["postgres", "postgres.new", "secrets", "ssh", "keeper", "accounts.json", "version"];

/** The server does not start on a half-rebuilt folder. */
export function demandNotRecovering(data: string): void {
  if (!existsSync(markOf(data))) return;
  throw new StartRefusal(
    `The recovery of ${data} was broken off. Run bbs-admin recover again with the same file; it begins anew.`,
  );
}

/** Refuses a data folder that a server has been running on; repositories and what an admin has configured may be there. */
export function demandEmpty(data: string): void {
  if (existsSync(markOf(data))) return;
  const found = MADE.find((name) => existsSync(join(data, name)));
  if (!found) return;
  throw new StartRefusal(
    `${data} is not empty: ${found} is there, so a server has run on it. Move everything but home, vault, repos and kept out of it, or set BBS_DATA to another folder.`,
  );
}

export async function beginRecovering(data: string): Promise<void> {
  await endLeftoverPostgres(join(data, "postgres"), join(data, "run/postgres"));
  await writeFile(markOf(data), "bbs-admin recover\n", { mode: 0o600 });
  for (const name of MADE) await rm(join(data, name), { recursive: true, force: true });
}

export const endRecovering = (data: string) => rm(markOf(data));

export const wasBrokenOff = (data: string): boolean => existsSync(markOf(data));
