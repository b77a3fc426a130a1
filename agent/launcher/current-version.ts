import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { readIfThere, removeDurably, writeDurably } from "../durable-file";
import { parseJson } from "../parse-json";
import { isVersionName, type ProgramFolder, versionFile } from "./program-folder";

/** Which version runs. Unconfirmed: it has not yet shown that it works, and `before` runs again if it does not (null: the entry). */
export type CurrentVersion =
  | { name: string; confirmed: true }
  | { name: string; confirmed: false; before: string | null; starts: number };

/** Null: the entry itself, also when the file says nothing that can be understood. */
export async function readCurrent(program: ProgramFolder): Promise<CurrentVersion | null> {
  const said = parseJson((await readIfThere(program.current)) ?? "");
  if (typeof said !== "object" || said === null || !("name" in said) || !isVersionName(said.name))
    return null;
  const { name } = said;
  if ("confirmed" in said && said.confirmed === true) return { name, confirmed: true };
  const before = "before" in said && isVersionName(said.before) ? said.before : null;
  const starts = "starts" in said && typeof said.starts === "number" ? said.starts : 0;
  return { name, confirmed: false, before, starts };
}

/** Makes a version the one to run, or with null the entry. After a crash either the old or the new choice holds. */
export async function writeCurrent(program: ProgramFolder, current: CurrentVersion | null): Promise<void> {
  if (current === null) await removeDurably(program.current);
  else await writeDurably(program.current, `${JSON.stringify(current)}\n`);
}

/** The file of a version; null when it is not there or not the one that its name says. */
export async function startable(program: ProgramFolder, name: string): Promise<string | null> {
  const file = versionFile(program, name);
  try {
    const sha256 = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    return name.endsWith(sha256.slice(0, 12)) ? file : null;
  } catch {
    // Not there or not readable: something else is started, and the caller says what.
    return null;
  }
}
