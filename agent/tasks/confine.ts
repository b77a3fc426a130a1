import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { confined, confinementTrial } from "~/borg/confined";
import type { PinnedFolder } from "../restore/pinned-folder";

/** Puts a command into the confinement; it begins in the folder that it may write to. */
export type Confine = (command: string[]) => string[];

/**
 * Locks borg into its target (`borg/confined`): there no link is followed, whoever made it, and with `mayMakeDevices` false no device can be made. A
 * server that knows the passphrase can forge an archive with `x -> /etc/cron.d` and `x/evil`, and would else write as root wherever it likes.
 *
 * Needs Linux and root. `null` where it cannot be done, or where links would be followed in a target that is the whole machine; the
 * caller then says so. `view`: an empty folder of the agent.
 */
export async function confinement(given: {
  target: PinnedFolder;
  view: string;
  own: string;
  mayMakeDevices: boolean;
}): Promise<Confine | null> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const { target, view, own, mayMakeDevices } = given;
  const followsNoLinks = await canMount(true);
  if (!followsNoLinks && (target.real === "/" || !(await canMount(false)))) return null;
  await mkdir(view, { recursive: true, mode: 0o700 });
  const { dev, ino } = await target.handle.stat({ bigint: true });
  const place = { target: target.real, identity: `${dev}:${ino}`, view, own, followsNoLinks };
  const keeping = mayMakeDevices ? [] : ["setpriv", "--bounding-set=-mknod", "--inh-caps=-mknod", "--"];
  return (command) => confined(place, [...keeping, ...command]);
}

function canMount(followsNoLinks: boolean): Promise<boolean> {
  const [command = "", ...args] = confinementTrial({ followsNoLinks });
  return new Promise((resolve) =>
    execFile(command, args, { timeout: 10_000 }, (error) => resolve(error === null)),
  );
}
