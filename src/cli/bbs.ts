#!/usr/bin/env node
import { runBbs } from "./run-bbs";

process.exitCode = await runBbs(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});
// An open connection to the server (keep-alive, a subscription that just ended) must not hold the prompt back.
process.stdout.write("", () => process.exit());
