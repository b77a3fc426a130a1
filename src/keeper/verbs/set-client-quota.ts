import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { clientBytes } from "../vault/client-quota";
import { SMALLEST_QUOTA_BYTES } from "./create-repository";

/** Answers what the client's repositories hold now; a quota below that refuses the next backup and touches nothing. */
export const setClientQuota: Verb<"set-client-quota"> = async (keeper, { clientId, quotaBytes }) => {
  if (quotaBytes !== null && quotaBytes < SMALLEST_QUOTA_BYTES)
    throw new KeeperRefuses("bad-request", "A quota must be at least 10 MB.");
  await keeper.clientTurns.take(() => keeper.clients.setQuota(clientId, quotaBytes));
  return { usedBytes: await clientBytes(keeper, clientId) };
};
