import type { Verb } from "../keeper";
import { readLedger } from "../vault/archive-ledger";

export const listLedger: Verb<"list-ledger"> = async (
  keeper,
  { clientId, repositoryId, afterRevision, limit },
) => {
  keeper.repositories.get(clientId, repositoryId);
  const { archives } = await readLedger(keeper.paths, repositoryId);
  const news = archives.filter((archive) => archive.revision > afterRevision);
  return { archives: news.sort((a, b) => a.revision - b.revision).slice(0, limit) };
};
