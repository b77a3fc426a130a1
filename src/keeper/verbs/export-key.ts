import { readFile } from "node:fs/promises";
import { exportPaperKey, exportKey as inText, readKeyFile, readRepositoryKey } from "~/borg/key-export";
import type { Verb } from "../keeper";
import { readKeyFile as readHeldKey } from "../key-file";
import { KeeperRefuses } from "../refusal";
import { readSealInForce, sealedFile } from "../vault/seal-record";

/** Needs no passphrase: the key is exported as borg keeps it, encrypted. */
export const exportKey: Verb<"export-key"> = async (keeper, { clientId, repositoryId, paper }) => {
  keeper.repositories.get(clientId, repositoryId);
  const seal = await readSealInForce(keeper.paths, repositoryId);
  if (!seal)
    throw new KeeperRefuses(
      "not-allowed",
      "This repository has not been sealed yet. Its key can be exported after the first clean audit.",
    );
  const config = await readFile(sealedFile(keeper.paths, repositoryId, seal.transaction, "config"), "utf8");
  const key = readRepositoryKey(config) ?? readKeyFile((await readHeldKey(keeper.paths, repositoryId)) ?? "");
  if (!key) throw new KeeperRefuses("not-allowed", "This repository keeps no key on the server.");
  return { text: paper ? exportPaperKey(key) : inText(key), configSha256: seal.configSha256 };
};
