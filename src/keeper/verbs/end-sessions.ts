import type { Verb } from "../keeper";

export const endSessions: Verb<"end-sessions"> = async (keeper, { clientId }) => ({
  ended: await keeper.sessions.endAll(clientId),
});
