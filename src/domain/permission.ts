import type { ClientId, UserId } from "./id";

/** What may be done with a client's things. `manage-clients` (add, rename, remove, settle an incident) is an admin's alone. */
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

/** What an admin can give to a user, for all clients or for some. */
export const GRANTABLE = [
  "view",
  "backup",
  "restore",
  "browse-live-disk",
  "manage-plans",
  "manage-repositories",
  "maintenance",
  "delete-archives",
  "reveal-secrets",
] as const satisfies readonly Action[];
export type Permission = (typeof GRANTABLE)[number];

/** Usual sets, offered where grants are edited. */
export const PRESETS = {
  viewer: ["view"],
  operator: ["view", "backup", "restore"],
  owner: GRANTABLE,
} as const satisfies Record<string, readonly Permission[]>;

/** What an API token may be limited to: actions, and what only admins may do. */
export const SCOPES = [...ACTIONS, "administer"] as const;
export type Scope = (typeof SCOPES)[number];

/** One gift of permissions to a user: with neither `clientId` nor `tag` for every client, also those to come. */
export interface Grant {
  clientId: string | null;
  tag: string | null;
  permissions: readonly Permission[];
}

export const ROLES = ["admin", "user"] as const;
export type Role = (typeof ROLES)[number];

/**
 * How far a sign-in has come. `whole`: may act. `second-factor-missing`: has one and has not shown it yet. `not-enrolled`: an admin demands
 * one and there is none yet. `pending`: an admin has not let this person in yet.
 */
export type Standing = "whole" | "second-factor-missing" | "not-enrolled" | "pending";

/** A person, or a script with a person's token. Read from the rows of that person at every request, never from a cookie. */
export interface UserActor {
  kind: "user";
  userId: UserId;
  role: Role;
  via: "session" | "token";
  /** Null: by token. */
  signInId: string | null;
  /** Null: by sign-in. */
  tokenId: string | null;
  standing: Standing;
  grants: readonly Grant[];
  /** What the token was limited to; null for a sign-in, which has all that its person has. */
  scopes: readonly Scope[] | null;
  /** When the second factor (without one: the password) was shown last in this sign-in; null: by token. */
  confirmedAt: Date | null;
}

/** Who asks. `agent` is a client's own program, `worker` is our own server-side work. */
export type Actor =
  | UserActor
  | { kind: "agent"; clientId: ClientId }
  | { kind: "worker" }
  | { kind: "nobody" };

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

/** Whether this person may do `action` with this client. Deny by default; a token never has more than its person. */
export function mayDo(
  actor: UserActor,
  action: Action,
  client: { id: string; tags: readonly string[] },
): boolean {
  if (!mayAct(actor, action)) return false;
  if (actor.role === "admin") return true;
  return actor.grants.some((grant) => gives(grant, action) && isFor(grant, client));
}

/** Whether there can be a client with which this person may do `action`: the first gate of a procedure, before its input is read. */
export function mayAnywhere(actor: UserActor, action: Action): boolean {
  if (!mayAct(actor, action)) return false;
  return actor.role === "admin" || actor.grants.some((grant) => gives(grant, action));
}

/** Whether this person may do what is about no single client: people, settings, journal. */
export function mayAdminister(actor: UserActor): boolean {
  return actor.role === "admin" && actor.standing === "whole" && hasScope(actor, "administer");
}

/** Whether two readings of a person's rows let them do the same: if not, what was shown to them is to be read again. */
export function haveSameRights(one: UserActor, other: UserActor): boolean {
  return rightsOf(one) === rightsOf(other);
}

function rightsOf({ role, standing, scopes, grants }: UserActor): string {
  const given = grants.map((grant) =>
    JSON.stringify([grant.clientId, grant.tag, [...grant.permissions].sort()]),
  );
  return JSON.stringify([role, standing, scopes, given.sort()]);
}

function mayAct(actor: UserActor, action: Action): boolean {
  return actor.standing === "whole" && hasScope(actor, action);
}

const hasScope = (actor: UserActor, scope: Scope) => actor.scopes === null || actor.scopes.includes(scope);

/** Seeing is part of every permission: whoever may restore a client's files may know of the client. */
const gives = (grant: Grant, action: Action) =>
  action === "view"
    ? grant.permissions.length > 0
    : (grant.permissions as readonly Action[]).includes(action);

function isFor(grant: Grant, client: { id: string; tags: readonly string[] }): boolean {
  if (grant.clientId !== null) return grant.clientId === client.id;
  return grant.tag === null || client.tags.includes(grant.tag);
}
