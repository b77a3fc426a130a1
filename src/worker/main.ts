import { log } from "~/server/log";
import { startWorker } from "./start-worker";

/** The program `worker`: does server-side jobs. Stops in order on SIGTERM and SIGINT; survives kill -9 (its jobs are taken back). */
const worker = await startWorker();
log().info("worker started");
process.send?.("ready");

let stopping = false;
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.on(name, () => {
    if (stopping) return;
    stopping = true;
    worker.stop().then(
      () => process.exit(0),
      (problem: unknown) => {
        log().error({ err: problem }, "the worker did not stop in order");
        process.exit(1);
      },
    );
  });
}
