import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** True when this process may make accounts and start programs as them. */
export const isRoot = process.getuid?.() === 0;

/** Looks an account up by name; null when the machine does not have it. */
export async function findAccount(name: string): Promise<Account | null> {
  const line = await getent("passwd", name);
  if (!line) return null;
  const [, , uid, gid] = line.split(":");
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * The account `name` with a group of its own, made when it is missing: no home, no password, no shell. `wish` asks for the numbers it
 * had before (containers forget accounts, volumes remember numbers); they are taken when nobody else has them. May run twice, also
 * from two processes at once. Needs root.
 */
export async function ensureAccount(name: string, wish?: { uid: number; gid: number }): Promise<Account> {
  const known = await findAccount(name);
  if (known) return known;
  const uidFree = wish && !(await getent("passwd", String(wish.uid)));
  const gidFree = wish && !(await getent("group", String(wish.gid)));
  if (!(await getent("group", name))) {
    await orFound(() => run("groupadd", ["--system", ...(gidFree ? ["--gid", String(wish.gid)] : []), name]));
  }
  await orFound(() =>
    run("useradd", [
      "--system",
      "--no-create-home",
      "--home-dir",
      "/nonexistent",
      "--shell",
      "/usr/sbin/nologin",
      "--gid",
      name,
      ...(uidFree ? ["--uid", String(wish.uid)] : []),
      name,
    ]),
  );
  const made = await findAccount(name);
  if (!made) throw new Error(`useradd made no account ${name}`);
  return made;

  /** Another process may have been faster; only a missing account afterwards is a fault. */
  async function orFound(make: () => Promise<unknown>): Promise<void> {
    try {
      await make();
    } catch (cause) {
      if (!(await getent("group", name)))
        throw new Error(`The account ${name} could not be made.`, { cause });
    }
  }
}

async function getent(database: "passwd" | "group", key: string): Promise<string | null> {
  try {
    return (await run("getent", [database, key])).stdout.trim() || null;
  } catch {
    // getent leaves with 2 when there is no such entry.
    return null;
  }
}
