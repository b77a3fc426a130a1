/**
 * The program `supervisor`, which `npm start` ends up in: starts PostgreSQL, keeper, sshd, worker and web, keeps them running, says
 * where everything is, and ends them in order. With `web` or `storage` as argument it runs that half only.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { env, SettingsError } from "~/env";
import { makeSetupLink } from "./first-link";
import { trimLogs } from "./logs";
import { StartRefusal } from "./refuse-start";
import { type Part, type Started, start } from "./start";

const programRoot = join(dirname(fileURLToPath(import.meta.url)), "..");
const say = (line: string) => console.log(line);

process.umask(0o022);
let stopAsked = false;
let started: Started | null = null;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end());

try {
  const settings = env();
  started = await start(settings, partsAsked(), programRoot, say);
  if (stopAsked) await endNow();
  await report(started);
  trimLogs(settings.data);
} catch (error) {
  if (!(error instanceof StartRefusal || error instanceof SettingsError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exit(1);
}

function partsAsked(): Part[] {
  const asked = process.argv.slice(2).filter((word): word is Part => word === "web" || word === "storage");
  return asked.length > 0 ? asked : ["storage", "web"];
}

/** A signal during the start is remembered; the start then ends what it has begun. */
async function end(): Promise<void> {
  if (stopAsked) return;
  stopAsked = true;
  if (started) await endNow();
}

async function endNow(): Promise<void> {
  say("Stopping ...");
  await started?.stop();
  say("Stopped.");
  process.exit(0);
}

async function report({ setting, parts }: Started): Promise<void> {
  const { env: settings } = setting;
  say("\nBorg Backup Server runs.");
  if (parts.includes("web")) say(`  Console  ${settings.appUrl}`);
  if (parts.includes("storage")) say(`  sshd     ${settings.sshHost}, port ${settings.sshPort}`);
  say(`  Data     ${settings.data}  (logs in ${join(settings.data, "log")})`);
  if (parts.includes("storage") && !setting.accounts) {
    say("  Without root all clients share one account; they are kept apart by forced commands alone.");
  }
  const link = parts.includes("web") ? await makeSetupLink(setting) : null;
  if (link) say(`\nMake the first admin here (works once, for one hour):\n  ${link}`);
  say("\nCtrl-C stops everything.");
}
