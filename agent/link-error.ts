/**
 * Why a message did not get through. `refused`: the server said no (status and code tell why). The others may pass by waiting:
 * nothing answered, it answered with a fault, or whoever answered is not the server we know.
 */
export class LinkError extends Error {
  constructor(
    readonly kind: "unreachable" | "wrong-certificate" | "trouble" | "refused",
    readonly say: string,
    readonly status: number | null = null,
    readonly code: string | null = null,
    /** How long the server asks to wait (Retry-After); null: it did not say. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(say);
    this.name = "LinkError";
  }
}
