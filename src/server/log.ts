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

/** An error and its causes without what a failed statement was given: that is people's data, and may be a secret. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: withoutValues(error),
    ...("code" in error ? { code: error.code } : {}),
    stack: error.stack?.match(/^ {4}at .*$/gm)?.join("\n"),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Drizzle writes `Failed query: ... params: ...`; PostgreSQL quotes a value that it cannot read (SQLSTATE class 22). */
function withoutValues(error: Error): string {
  const message = error.message.split("\nparams:", 1)[0] ?? "";
  const quoted = "code" in error && typeof error.code === "string" && /^22\w{3}$/.test(error.code);
  return quoted ? message.replace(/".*"/s, '"..."') : message;
}
