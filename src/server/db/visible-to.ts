import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type Action, type Actor, mayAnywhere } from "~/domain/permission";

/**
 * The condition that leaves of a list only what is of clients with which the actor may do `action`: every list, count and cursor goes
 * through it. `clientId` is the column that names the client. Undefined: all may be seen. A row without a client (null) is an admin's.
 *
 * Stands beside the tables, because the room of clients needs it too and `access` is to its right.
 */
export function visibleTo(actor: Actor, clientId: SQLWrapper, action: Action = "view"): SQL | undefined {
  if (actor.kind === "worker") return undefined;
  if (actor.kind !== "user" || !mayAnywhere(actor, action)) return sql`false`;
  if (actor.role === "admin") return undefined;
  const fitting = actor.grants.filter(
    ({ permissions }) => action === "view" || (permissions as readonly Action[]).includes(action),
  );
  const named = fitting.filter((grant) => grant.permissions.length > 0);
  if (named.some((grant) => grant.clientId === null && grant.tag === null))
    return sql`${clientId} is not null`;
  const ids = [...new Set(named.flatMap((grant) => (grant.clientId === null ? [] : [grant.clientId])))];
  const tags = [...new Set(named.flatMap((grant) => (grant.tag === null ? [] : [grant.tag])))];
  // As plain values where it can be: PostgreSQL then knows how many rows to expect and takes the right index.
  if (tags.length === 0) return sql`${clientId} = any(${textArray(ids)})`;
  return sql`${clientId} in (
    select unnest(${textArray(ids)}) union all
    select ct.client_id from client_tags ct where ct.tag = any(${textArray(tags)}))`;
}

/** As one parameter: drizzle would spread an array into a list of them. */
const textArray = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;
