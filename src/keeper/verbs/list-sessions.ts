import type { Verb } from "../keeper";

export const listSessions: Verb<"list-sessions"> = async (keeper, { fromSequence, limit }) => ({
  sessions: await keeper.ledger.list(fromSequence, limit),
});
