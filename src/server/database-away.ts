/** What postgres.js and PostgreSQL say when the database is not there: restarting, killed, or its socket is gone. */
const AWAY = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
]);

/** Whether an error means that the database is away, which says nothing about the work that met it. Drizzle wraps the cause. */
export function isDatabaseAway(problem: unknown): boolean {
  for (let error = problem; error instanceof Error; error = error.cause) {
    if (!("code" in error) || typeof error.code !== "string") continue;
    if (AWAY.has(error.code)) return true;
    // Without its socket, which is no file of ours that is missing.
    if (error.code === "ENOENT" && "syscall" in error && error.syscall === "connect") return true;
  }
  return false;
}
