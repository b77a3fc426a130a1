import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { env } from "~/env";
import { startKeeper } from "./start-keeper";

/** The keeper as a program: settings from the environment, the other bundles beside its own, until it is told to stop. */
async function main() {
  process.umask(0o077);
  const { data, borg, workerGroup } = env();
  const keeper = await startKeeper({
    ...{ data, borg, workerGroup },
    program: { node: process.execPath, gate: beside("gate.mjs"), reader: beside("reader.mjs") },
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void keeper.stop().then(() => process.exit(0));
    });
  }
  console.log(`keeper: ready on ${data}/run/keeper.sock`);
}

const beside = (name: string) => join(dirname(fileURLToPath(import.meta.url)), name);

main().catch((error) => {
  console.error(`keeper: could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
