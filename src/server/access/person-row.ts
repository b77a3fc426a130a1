import { type SQL, sql } from "drizzle-orm";
import type { Grant, Role } from "~/domain/permission";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { PERSON } from "./read-user-actor";

/** `pending`: came by OpenID Connect and waits for an admin. `disabled`: may not sign in. */
export const PERSON_STATES = ["active", "pending", "disabled"] as const;
export type PersonState = (typeof PERSON_STATES)[number];

/** A grant with the name of its client, so that it can be told in words; null when it is not for a single client. */
export interface NamedGrant extends Grant {
  clientName: string | null;
}

/** A person as lists show them. */
export interface PersonRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  state: PersonState;
  hasSecondFactor: boolean;
  /** False: signs in by passkey or OpenID Connect only. */
  hasPassword: boolean;
  /** For all clients first, then tags, then single clients. An admin's count for nothing: admins may do everything. */
  grants: NamedGrant[];
  /** Last request with a sign-in that is still on record; null: never, or long ago. */
  lastSeenAt: Date | null;
  createdAt: Date;
}

/** The state of a person, in SQL: one place for lists and filters. */
export const personState = sql<PersonState>`case
  when ${users}.disabled_at is not null then 'disabled'
  when ${users}.pending_since is not null then 'pending'
  else 'active' end`;

/** Reads people with all that is derived, in one statement, by name. */
export async function readPersonRows(
  ctx: Pick<Ctx, "db">,
  given: { where: SQL | undefined; limit: number },
): Promise<PersonRow[]> {
  return ctx.db
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      role: users.role,
      state: personState,
      hasSecondFactor: PERSON.hasSecondFactor,
      hasPassword: sql<boolean>`${users}.password_hash is not null`,
      grants: sql<NamedGrant[]>`coalesce((select json_agg(json_build_object(
          'clientId', g.client_id, 'tag', g.tag, 'permissions', g.permissions, 'clientName', c.name)
          order by g.client_id is not null, g.tag is not null, g.tag, lower(c.name), g.client_id)
        from grants g left join clients c on c.id = g.client_id
        where g.user_id = ${users}.id), '[]'::json)`,
      lastSeenAt:
        sql<Date | null>`(select max(s.last_seen_at) from sign_ins s where s.user_id = ${users}.id)`.mapWith(
          (at: string | Date) => new Date(at),
        ),
      createdAt: users.createdAt,
    })
    .from(users)
    .where(given.where)
    .orderBy(sql`lower(${users.name})`, users.id)
    .limit(given.limit);
}
