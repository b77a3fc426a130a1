import { type SQL, sql } from "drizzle-orm";
import { repositories } from "../db/schema/repositories";
import { archiveLedger, gateSessions, vaultStates } from "../db/schema/vault";

/** The transaction of the seal in force; null: none, or nothing known of the repository's vault. */
const sealedTransaction = sql`(jsonb_path_query_first(${vaultStates.state}, '$.seals[*] ? (@.releasedAfter == null)') ->> 'transaction')::bigint`;

/**
 * Whether an archive of the ledger lies under the seal in force: the session that committed it ended at or before the sealed transaction.
 * One without a session was there before the vault was; any seal covers it. For a query that joins what {@link joinOfSession} and
 * `vault_states` name.
 */
export const isSealed: SQL<boolean> = sql<boolean>`coalesce(
  case when ${archiveLedger.sessionSequence} is null then 0 else ${gateSessions.transactionAfter} end <= ${sealedTransaction}, false)`;

/** How the session that committed an archive is found: sequences count per storage node. */
export const joinOfSession: SQL = sql`${gateSessions.storageNodeId} = ${repositories.storageNodeId} and ${gateSessions.sequence} = ${archiveLedger.sessionSequence}`;
