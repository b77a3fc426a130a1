import type { AgentFolder } from "../agent-folder";
import { readConfig } from "../config";
import { SWITCH_EXIT_CODE } from "../launcher/launch";
import { PlainError } from "../plain-error";
import { runAgent } from "../run-agent";
import { updateGround } from "../update/update-ground";

/**
 * Works until SIGTERM or SIGINT, or until the launcher that started it is gone. Lines for the service's log go to stderr. Answers the exit
 * code: 0, or the one that asks the launcher for a new version.
 */
export async function serve(folder: AgentFolder, ownFile: string): Promise<number> {
  const config = await readConfig(folder);
  if (config === null) {
    throw new PlainError(
      "This machine is not enrolled. Add it in the console and paste the line shown there.",
    );
  }
  const stop = new AbortController();
  const onSignal = () => {
    if (!stop.signal.aborted) console.error("Stopping; borg is ended first.");
    stop.abort();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("disconnect", onSignal);
  // A closed terminal is no reason to stop a backup.
  process.on("SIGHUP", () => undefined);
  // Whoever read our words may be gone before us.
  process.stderr.on("error", () => undefined);
  const end = await runAgent(
    folder,
    config,
    updateGround(ownFile),
    (text) => console.error(text),
    stop.signal,
  );
  return end === "switch" ? SWITCH_EXIT_CODE : 0;
}
