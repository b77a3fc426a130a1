import type { Verb } from "../keeper";
import { auditUnderLease } from "../vault/audit";

/** A session that is just ending is waited for: a job is done a moment before its last process is gone. */
const SESSION_PATIENCE_MS = 5_000;

export const auditRepository: Verb<"audit-repository"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  const release = await keeper.leases.audit(repositoryId, SESSION_PATIENCE_MS, signal);
  try {
    return await auditUnderLease(keeper, input, signal);
  } finally {
    release();
  }
};
