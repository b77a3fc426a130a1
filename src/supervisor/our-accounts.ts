import { type Account, ensureAccount } from "./accounts";
import { rememberedNumbers, rememberNumbers } from "./remembered-accounts";

/** The accounts that our programs run as, with the numbers they had before. Needs root. */
export async function ourAccounts(
  data: string,
): Promise<{ web: Account; worker: Account; postgres: Account }> {
  const known = await rememberedNumbers(data);
  const accounts = {
    postgres: await ensureAccount("bbs-postgres", known["bbs-postgres"]),
    web: await ensureAccount("bbs-web", known["bbs-web"]),
    worker: await ensureAccount("bbs-worker", known["bbs-worker"]),
  };
  await rememberNumbers(data, Object.values(accounts));
  return accounts;
}
