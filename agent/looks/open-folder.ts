import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { AgentProblem } from "../agent-problem";
import { isNoSuchFile } from "../durable-file";
import { forbidden, type LookLimits, withoutEnd } from "./demand-look";
import { answers, type Mount, mayHang, mountOf } from "./mounts";

export type OpenFolder = {
  handle: FileHandle;
  /** The folder itself for calls that take a path: what was opened, whatever its path leads to by now. */
  path: string;
  /** Where it is, for people and for comparing with mounts. */
  real: string;
};

/**
 * Opens a folder to look into it: below one of the limits' places, reached without a link on the way, and not the agent's own. The path is
 * bytes. What was opened is compared with what was asked for, so that a link put in between leads nowhere (Linux; elsewhere the path is
 * looked at a second time). What lies outside is refused alike whether it is there or not.
 */
export async function openFolder(
  asked: Buffer,
  limits: LookLimits,
  mounts: readonly Mount[],
): Promise<OpenFolder> {
  const place = placeOf(asked, limits);
  await demandAnswer([place.base, ...place.parts].join("/"), mounts);
  await demandNoLink(place.base, place.parts);
  const path = Buffer.concat([Buffer.from(place.base), ...place.parts.flatMap((part) => [SLASH, part])]);
  const whole = path.length === 0 ? SLASH : path;
  const handle = await openPlain(whole);
  try {
    const found = await handle.stat({ bigint: true });
    if (limits.own.is(found)) throw ownFolder();
    const through = process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : null;
    const led = through
      ? await readlink(through, { encoding: "buffer" })
      : await realpath(whole, { encoding: "buffer" });
    if (!led.equals(whole)) throw isLink(whole);
    const real = whole.toString("utf8");
    return { handle, path: through ?? real, real };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const SLASH = Buffer.from("/");

/** Where the asked path lies: the real place of what the policy names, and the names below it. */
function placeOf(asked: Buffer, limits: LookLimits): { base: string; parts: Buffer[] } {
  const text = asked.toString("latin1");
  const names = text.split("/").filter((name) => name !== "");
  const tidy = text.startsWith("/") && !text.includes("\0") && !names.some((n) => n === "." || n === "..");
  if (!tidy) throw forbidden("The server asked for something that is no path of a folder.");
  const path = withoutEnd(`/${names.join("/")}`);
  for (const { named, real } of limits.bases) {
    for (const base of [named, withoutEnd(real)]) {
      const below = Buffer.from(base).toString("latin1");
      if (path !== below && !path.startsWith(`${below}/`)) continue;
      const rest = path
        .slice(below.length)
        .split("/")
        .filter((name) => name !== "");
      const place = { base: withoutEnd(real), parts: rest.map((name) => Buffer.from(name, "latin1")) };
      const full = [Buffer.from(place.base).toString("latin1"), ...rest].join("/");
      const own = Buffer.from(limits.own.place).toString("latin1");
      if (full === own || full.startsWith(`${own}/`)) throw ownFolder();
      return place;
    }
  }
  throw forbidden(
    `The policy of this machine does not allow looking at ${shown(asked)}. It allows: ${limits.bases.map(({ named }) => named || "/").join(", ") || "nothing"}.`,
  );
}

async function demandAnswer(path: string, mounts: readonly Mount[]): Promise<void> {
  const mount = mountOf(mounts, path);
  if (mount === undefined || !mayHang(mount) || (await answers(mount))) return;
  throw new AgentProblem("folder-unreadable", `What is mounted at ${mount.point} does not answer.`);
}

async function demandNoLink(base: string, parts: readonly Buffer[]): Promise<void> {
  let path = Buffer.from(base);
  for (const part of parts) {
    path = Buffer.concat([path, SLASH, part]);
    const found = await lstat(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (found.isSymbolicLink()) throw isLink(path);
    if (!found.isDirectory()) throw unreadable(path, new Error("it is no folder"));
  }
}

async function openPlain(path: Buffer): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return await open(path, flags);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: Buffer, error: unknown): AgentProblem {
  if (isNoSuchFile(error)) return new AgentProblem("folder-missing", `${shown(path)} is not there.`);
  return new AgentProblem(
    "folder-unreadable",
    `${shown(path)} cannot be looked into: ${error instanceof Error ? error.message : error}.`,
  );
}

function isLink(path: Buffer): AgentProblem {
  return new AgentProblem(
    "folder-unreadable",
    `${shown(path)} is a link. Links are not followed; open the folder that it leads to.`,
  );
}

function ownFolder(): AgentProblem {
  return forbidden("The agent's own folder holds this machine's keys and is never shown.");
}

function shown(path: Buffer): string {
  return path.toString("utf8").slice(0, 1000);
}
