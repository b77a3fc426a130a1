import type { Verb } from "../keeper";
import { setRules } from "../vault/rules";
import { bringBackArchives, protectArchives, trashArchives } from "../vault/trash";

export const trash: Verb<"trash-archives"> = (keeper, { clientId, repositoryId, borgIds }) => {
  keeper.repositories.get(clientId, repositoryId);
  return trashArchives(keeper, repositoryId, borgIds);
};

export const bringBack: Verb<"bring-back-archives"> = (keeper, { clientId, repositoryId, borgIds }) => {
  keeper.repositories.get(clientId, repositoryId);
  return bringBackArchives(keeper, repositoryId, borgIds);
};

export const protect: Verb<"protect-archives"> = (keeper, input) => {
  const { clientId, repositoryId, borgIds } = input;
  keeper.repositories.get(clientId, repositoryId);
  return protectArchives(keeper, repositoryId, borgIds, input.protected);
};

export const setVaultRules: Verb<"set-vault-rules"> = async (keeper, input) => {
  const { clientId, repositoryId, trashDays, keepOldSealDays, floorNewest, floorWeeklyDays } = input;
  keeper.repositories.get(clientId, repositoryId);
  const from = await setRules(keeper, repositoryId, {
    ...{ trashDays, keepOldSealDays, floorNewest, floorWeeklyDays },
  });
  return { inForceFrom: from.toISOString() };
};
