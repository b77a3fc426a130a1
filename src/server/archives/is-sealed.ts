import { type Column, type SQL, sql } from "drizzle-orm";
import { repositories } from "../db/schema/repositories";
import { gateSessions, vaultStates } from "../db/schema/vault";

/** The transaction of the seal in force; null: none, or nothing known of the repository's vault. */
const sealedTransaction = sql`(jsonb_path_query_first(${vaultStates.state}, '$.seals[*] ? (@.releasedAfter == null)') ->> 'transaction')::bigint`;

/**
 * Whether an archive of the ledger lies under the seal in force: the session that committed it ended at or before the sealed transaction.
 * One without a session was there before the vault was; any seal covers it. `session` is the archive's session sequence, in a query that
 * joins `vault_states` of its repository and `gate_sessions` by {@link isItsSession}.
 */
export function isSealed(session: Column | SQL.Aliased): SQL<boolean> {
  return sql<boolean>`coalesce(
    case when ${session} is null then 0 else ${gateSessions.transactionAfter} end <= ${sealedTransaction}, false)`;
}

/** How the session that committed an archive is found: sequences count per storage node. */
export function isItsSession(session: Column | SQL.Aliased): SQL {
  return sql`${gateSessions.storageNodeId} = ${repositories.storageNodeId} and ${gateSessions.sequence} = ${session}`;
}
