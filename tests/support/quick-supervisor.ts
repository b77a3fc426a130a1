import { env } from "~/env";
import { start } from "~/supervisor/start";

/**
 * The supervisor for tests that end programs again and again: what ended runs again at once, however often, and our programs get the
 * variables given. Arguments: the folder of the clone, the variables as JSON.
 */
const [programRoot = "", environment = "{}"] = process.argv.slice(2);

process.umask(0o022);
const started = await start(env(), ["storage", "web"], programRoot, (line) => console.log(line), {
  waits: { firstMs: 20, longestMs: 20, stableMs: 0 },
  environment: JSON.parse(environment),
});

process.once("SIGTERM", () => void started.stop().then(() => process.exit(0)));
