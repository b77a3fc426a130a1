import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Turns } from "./turns";

const execute = promisify(execFile);

export type UnixAccount = { name: string; uid: number; gid: number };

/** Our accounts' numbers lie between people's (from 1000) and systemd's dynamic ones (from 61184). Two accounts per client. */
const FIRST_NUMBER = 20_000;
const LAST_NUMBER = 59_999;
/** Else useradd gives each account 65536 subordinate ids and runs out of them after some 9000 clients. */
const NO_SUBORDINATES = ["-K", "SUB_UID_COUNT=0", "-K", "SUB_GID_COUNT=0"];

/** Looks a name up in /etc/passwd; null when there is none. */
export async function findAccount(name: string): Promise<(UnixAccount & { home: string }) | null> {
  const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((row) => row.startsWith(`${name}:`));
  if (!line) return null;
  const [, , uid, gid, , home = ""] = line.split(":");
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/** Number of a group given by name or number; null when there is none. */
export async function findGroup(nameOrNumber: string): Promise<number | null> {
  if (/^\d+$/.test(nameOrNumber)) return Number(nameOrNumber);
  const line = (await readFile("/etc/group", "utf8"))
    .split("\n")
    .find((row) => row.startsWith(`${nameOrNumber}:`));
  return line ? Number(line.split(":")[2]) : null;
}

/**
 * A number that is free together with the one after it, above every one in use and in `remembered`: files of removed clients still carry theirs, so none is given
 * away twice. Refuses when the range is full.
 */
export async function nextNumber(remembered: readonly number[]): Promise<number> {
  const files = await Promise.all(["/etc/passwd", "/etc/group"].map((path) => readFile(path, "utf8")));
  const inUse = files.flatMap((text) => text.split("\n").map((row) => Number(row.split(":")[2])));
  const ours = [...inUse, ...remembered].filter((number) => number >= FIRST_NUMBER && number <= LAST_NUMBER);
  const next = Math.max(FIRST_NUMBER - 1, ...ours) + 1;
  if (next + 1 > LAST_NUMBER) throw new Error("there are no account numbers left for another client");
  return next;
}

/** Makes the group with this number if it is missing. May run twice. */
export async function ensureGroup(name: string, gid: number): Promise<number> {
  const found = await findGroup(name);
  if (found !== null && found !== gid)
    throw new Error(`the group ${name} has number ${found}, its files belong to ${gid}`);
  if (found !== null) return found;
  await accountTool("groupadd", ["-g", String(gid), name]);
  const made = await findGroup(name);
  if (made === null) throw new Error(`groupadd made no group ${name}`);
  return made;
}

/**
 * Makes the account with this number if it is missing (a container's /etc forgets it, the files do not). May run twice.
 * Its password is `*`: no password matches, but unlike a locked one sshd lets the key in. `/bin/sh`: sshd starts the forced command with it.
 */
export async function ensureAccount(
  account: UnixAccount & { home: string; shell: string },
): Promise<UnixAccount> {
  const found = await findAccount(account.name);
  if (found && found.home !== account.home)
    throw new Error(`the account ${account.name} belongs to another installation (home ${found.home})`);
  if (found && found.uid !== account.uid)
    throw new Error(
      `the account ${account.name} has number ${found.uid}, its files belong to ${account.uid}`,
    );
  if (found) return found;
  await accountTool("useradd", [
    ...["-u", String(account.uid)],
    ...NO_SUBORDINATES,
    ...["-M", "-N", "-g", String(account.gid), "-d", account.home, "-s", account.shell, "-p", "*"],
    account.name,
  ]);
  const made = await findAccount(account.name);
  if (!made) throw new Error(`useradd made no account ${account.name}`);
  return made;
}

/** Takes the account away; files that carry its number stay. May run twice. */
export async function removeAccount(name: string): Promise<void> {
  if (await findAccount(name)) await accountTool("userdel", ["-f", name]);
}

const turns = new Turns();

/** One at a time: these tools lock /etc/passwd and fail at once when another program holds it, so they are tried again for a while. */
function accountTool(tool: string, args: readonly string[]): Promise<void> {
  return turns.take(async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        await execute(`/usr/sbin/${tool}`, args, {
          env: Object.assign(Object.create(null), { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" }),
        });
        return;
      } catch (cause) {
        const text = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
        if (attempt >= 40 || !/cannot lock|try again later/.test(text))
          throw new Error(`${tool} failed: ${text || String(cause)}`, { cause });
        await wait(100 + Math.floor(attempt * 25));
      }
    }
  });
}
