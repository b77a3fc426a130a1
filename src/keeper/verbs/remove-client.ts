import type { Verb } from "../keeper";
import { writeKeys } from "./provision-client";

/** The key first, so that no session begins while the others are ended; then the account. */
export const removeClient: Verb<"remove-client"> = (keeper, { clientId }) =>
  keeper.clientTurns.take(async () => {
    if (!keeper.clients.isKnown(clientId)) return {};
    await keeper.clients.forgetKey(clientId);
    await writeKeys(keeper, clientId);
    await keeper.gates.close(clientId);
    await keeper.sessions.endAll(clientId);
    await keeper.clients.removeServeAccount(clientId);
    return {};
  });
