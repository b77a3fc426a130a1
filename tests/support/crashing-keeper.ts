import { appendFileSync, copyFileSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SESSION_LIMIT_SECONDS } from "~/keeper/sessions";
import { startKeeper } from "~/keeper/start-keeper";

/**
 * The keeper as a program that dies by SIGKILL when it comes to the step whose name stands in the file `crash-at` beside its data folder;
 * the file goes first, so it dies once. Every step it passes is written to `steps` there. Layers that `layers.json` names are left out;
 * sessions end after the seconds in `session-limit.json`. At the step in `copy-at.json` (`step`, `from`, `to`) a file is put over another.
 */
const data = process.env.BBS_DATA ?? "";
const beside = (name: string) => join(dirname(data), name);

const bundle = (name: string) => fileURLToPath(new URL(name, import.meta.url));

process.umask(0o077);
const keeper = await startKeeper({
  data,
  borg: process.env.BBS_BORG ?? "borg",
  workerGroup: undefined,
  program: { node: process.execPath, gate: bundle("gate.mjs"), reader: bundle("reader.mjs") },
  layers: JSON.parse(read("layers.json") ?? "{}"),
  sessionLimitSeconds: JSON.parse(read("session-limit.json") ?? String(SESSION_LIMIT_SECONDS)),
  atStep: (step) => {
    appendFileSync(beside("steps"), `${step}\n`);
    const copy = JSON.parse(read("copy-at.json") ?? "null");
    if (copy?.step === step) copyFileSync(copy.from, copy.to);
    if (read("crash-at") !== step) return;
    rmSync(beside("crash-at"));
    process.kill(process.pid, "SIGKILL");
    // The signal is delivered when the kernel comes to it; nothing more may happen until then.
    for (;;);
  },
});

process.once("SIGTERM", () => void keeper.stop().then(() => process.exit(0)));

function read(name: string): string | null {
  try {
    return readFileSync(beside(name), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
