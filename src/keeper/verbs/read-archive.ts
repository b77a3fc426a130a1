import { LISTING_FORMAT } from "~/borg/listing";
import { archiveLocation } from "../archive-location";
import { handOn } from "../hand-on";
import type { Verb } from "../keeper";
import { readWithBorg } from "../run-server-borg";

/** borg lists a million items in about 20 s (1.2.4). */
const READ_LIMIT_SECONDS = 12 * 3600;

/**
 * Lists a whole archive for the catalog. The keeper looks at nothing of it: borg runs as `bbv-<id>`, its stdout is handed on as it comes and
 * borg waits while the caller is busy. A caller that goes away ends borg.
 */
export const readArchive: Verb<"read-archive"> = async (keeper, input, signal, send) => {
  const { clientId, repositoryId, passphrase, archiveName } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const out = handOn(send);
  await readWithBorg(keeper, {
    ...{ clientId, repositoryId, passphrase, signal, limitSeconds: READ_LIMIT_SECONDS },
    args: ["list", `--format=${LISTING_FORMAT}`, "--", archiveLocation(path, archiveName)],
    onStdoutStream: out.take,
  });
  return { listedBytes: await out.bytes() };
};
