import pino, { type Logger } from "pino";
import { env } from "~/env";

let current: Logger | undefined;

/** The log of this process: JSON lines on standard output, which the supervisor collects. Never give it secrets. */
export function log(): Logger {
  current ??= pino({
    level: env().logLevel,
    base: { pid: process.pid },
    serializers: { err: describeError },
  });
  return current;
}

/** An error and its causes without the parameters of a failed statement: those are people's data. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: withoutParameters(error.message),
    ...("code" in error ? { code: error.code } : {}),
    stack: error.stack?.match(/^ {4}at .*$/gm)?.join("\n"),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Drizzle writes `Failed query: ... params: ...`. */
function withoutParameters(message: string): string {
  return message.split("\nparams:", 1)[0] ?? "";
}
