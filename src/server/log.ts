import pino, { type Logger } from "pino";
import { env } from "~/env";

let current: Logger | undefined;

/** The log of this process: JSON lines on standard output, which the supervisor collects. Never give it secrets. */
export function log(): Logger {
  current ??= pino({ level: env().logLevel, base: { pid: process.pid } });
  return current;
}
