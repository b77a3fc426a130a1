import { removeAuthorizedKeys, renderKeyLine, writeAuthorizedKeys } from "../authorized-keys";
import type { Keeper, Verb } from "../keeper";

/** The new key replaces the old one before this answers, and sessions that the old one opened are ended. */
export const provisionClient: Verb<"provision-client"> = (keeper, { clientId, sshPublicKey }) =>
  keeper.clientTurns.take(async () => {
    const before = keeper.clients.keyOf(clientId);
    const { serve } = await keeper.clients.provision(clientId, sshPublicKey);
    await keeper.gates.open(clientId);
    await writeKeys(keeper, clientId);
    if (before !== null && before !== sshPublicKey) await keeper.sessions.endAll(clientId);
    return { sshUser: serve.name };
  });

/**
 * Brings a client's key file to what the keeper remembers. As root one file per account; else one file for all clients, because they
 * share the account.
 */
export async function writeKeys(keeper: Keeper, clientId: string): Promise<void> {
  const { clients, paths, program, root } = keeper;
  const lineOf = (id: string) => {
    const key = clients.keyOf(id);
    return key === null ? [] : [renderKeyLine(program, paths.data, id, key)];
  };
  const account = clients.accountsOf(clientId).serve.name;
  if (!root) return writeAuthorizedKeys(paths, account, clients.living().flatMap(lineOf));
  if (clients.keyOf(clientId) === null) return removeAuthorizedKeys(paths, account);
  return writeAuthorizedKeys(paths, account, lineOf(clientId));
}
