import type { AgentFolder } from "../agent-folder";
import { readConfig } from "../config";
import { PlainError } from "../plain-error";
import { runAgent } from "../run-agent";

/** Runs until SIGTERM or SIGINT. Lines for the service's log go to stderr. */
export async function run(folder: AgentFolder): Promise<void> {
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
  // A closed terminal is no reason to stop a backup.
  process.on("SIGHUP", () => undefined);
  await runAgent(folder, config, (text) => console.error(text), stop.signal);
}
