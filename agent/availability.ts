import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** The kernel's list of mains adapters and batteries (Documentation/ABI/testing/sysfs-class-power). */
const POWER_SUPPLIES = "/sys/class/power_supply";
/** There while NetworkManager runs. */
const NETWORK_MANAGER = "/run/NetworkManager";
const ANSWER_MS = 3000;

/** Whether this machine runs on mains power; null: it has neither adapter nor battery that the kernel knows of. */
export async function isOnMains(folder: string = POWER_SUPPLIES): Promise<boolean | null> {
  const names = await readdir(folder).catch(() => []);
  const supplies = await Promise.all(
    names.map(async (name) => {
      const read = (file: string) =>
        readFile(join(folder, name, file), "utf8").then((text) => text.trim(), nothing);
      const [type, online, status, scope] = await Promise.all(
        ["type", "online", "status", "scope"].map(read),
      );
      return { type, online, status, scope };
    }),
  );
  // A mouse has a battery too; that one is the device's and not the system's.
  const own = supplies.filter(({ scope }) => scope !== "Device");
  if (own.some(({ type, online }) => type !== "Battery" && online === "1")) return true;
  const batteries = own.filter(({ type }) => type === "Battery");
  if (batteries.length > 0) return batteries.every(({ status }) => status !== "Discharging");
  return own.some(({ type }) => type === "Mains") ? false : null;
}

/** Whether a network that this machine is connected to is metered, as NetworkManager says or guesses; null: it does not run here. */
export async function isMetered(folder: string = NETWORK_MANAGER): Promise<boolean | null> {
  const runs = await stat(folder).then(() => true, nothing);
  if (!runs) return null;
  const args = ["-t", "-f", "GENERAL.STATE,GENERAL.METERED", "device", "show"];
  return new Promise((resolve) => {
    execFile("nmcli", args, { timeout: ANSWER_MS, env: { ...process.env, LC_ALL: "C" } }, (problem, text) =>
      resolve(problem ? null : readMetered(text)),
    );
  });
}

/**
 * Reads what `nmcli -t -f GENERAL.STATE,GENERAL.METERED device show` says (nmcli 1.42): two lines for each device, `GENERAL.STATE:100
 * (connected)` and `GENERAL.METERED:no (guessed)`. Null: no connected device of which anything is known.
 */
export function readMetered(text: string): boolean | null {
  let connected = false;
  let known: boolean | null = null;
  for (const line of text.split("\n")) {
    const [, field, value = ""] = /^GENERAL\.(STATE|METERED):(.*)$/.exec(line) ?? [];
    if (field === "STATE") connected = value.startsWith("100");
    if (field !== "METERED" || !connected) continue;
    if (value.startsWith("yes")) return true;
    if (value.startsWith("no")) known = false;
  }
  return known;
}

const nothing = () => null;
