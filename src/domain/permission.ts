import type { ClientId, UserId } from "./id";

/** What may be done with a client's things. Issue 4 adds who may do which; the vocabulary stands here so every room can name it. */
export const ACTIONS = [
  "view",
  "backup",
  "restore",
  "browse-live-disk",
  "manage-plans",
  "manage-repositories",
  "maintenance",
  "delete-archives",
  "reveal-secrets",
  "manage-clients",
] as const;
export type Action = (typeof ACTIONS)[number];

declare const minted: unique symbol;

/**
 * Proof that somebody asked `access/authorize` whether the actor may do `A` with this client. Operations on a client's things take it
 * as an argument, so a forgotten permission check does not compile. Only `server/access/authorize` makes one.
 */
export interface Authorized<A extends Action> {
  readonly action: A;
  readonly clientId: ClientId;
  readonly [minted]: true;
}

/** Who asks. `agent` is a client's own program, `worker` is our own server-side work. */
export type Actor =
  | { kind: "user"; userId: UserId; role: Role; via: "session" | "token" }
  | { kind: "agent"; clientId: ClientId }
  | { kind: "worker" }
  | { kind: "nobody" };

export const ROLES = ["admin", "user"] as const;
export type Role = (typeof ROLES)[number];
