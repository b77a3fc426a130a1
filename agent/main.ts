#!/usr/bin/env node
import { runCommandLine } from "./command-line";

/** Entry point of bbs-agent.mjs. Everything the agent makes is for its account only. */
process.umask(0o077);
runCommandLine(process.argv.slice(2), (text) => console.log(text)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error);
    process.exit(70);
  },
);
