import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { demandNotHeld } from "../vault/hold";
import { changeConfig } from "../vault/next-config";
import { withMaintenance } from "../with-maintenance";
import { SMALLEST_QUOTA_BYTES } from "./create-repository";

const LINE = /^storage_quota = \d+$/m;

/** Sets it where borg looks (the configuration; 0: none) and where the gate looks (our record). The record last: until then nothing has changed. */
export const setQuota: Verb<"set-quota"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, quotaBytes } = input;
  if (quotaBytes !== null && quotaBytes < SMALLEST_QUOTA_BYTES)
    throw new KeeperRefuses("bad-request", "A quota must be at least 10 MB.");
  keeper.repositories.get(clientId, repositoryId);
  await demandNotHeld(keeper.paths, repositoryId);
  await withMaintenance(keeper, input, signal, async () => {
    await changeConfig(keeper, input, (config) => {
      if (!LINE.test(config))
        throw new KeeperRefuses("fault", "borg's configuration of this repository has no line for a quota.");
      return config.replace(LINE, `storage_quota = ${quotaBytes ?? 0}`);
    });
    const record = keeper.repositories.find(repositoryId);
    if (record) await keeper.repositories.write(repositoryId, { ...record, quotaBytes });
  });
  return {};
};
