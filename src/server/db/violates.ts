/**
 * Whether a write failed because a unique constraint of that name stands (PostgreSQL 23505). Drizzle wraps the driver's error,
 * so the causes are walked.
 */
export function violates(error: unknown, constraint: string): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && at.code === "23505" && "constraint_name" in at)
      return at.constraint_name === constraint;
  }
  return false;
}
