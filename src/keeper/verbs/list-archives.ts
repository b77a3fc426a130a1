import { z } from "zod";
import { readBorgInstant } from "~/borg/listing";
import { repositoryLocation } from "../archive-location";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readWithBorg } from "../run-server-borg";

const LIST_LIMIT_SECONDS = 300;

/** `borg list --json` with the keys that `--format` adds (1.2.4, 1.4.0). */
const listing = z.object({
  archives: z.array(
    z.object({
      id: z.string().regex(/^[0-9a-f]{64}$/),
      name: z.string(),
      start: z.string(),
      hostname: z.string().nullish(),
      username: z.string().nullish(),
    }),
  ),
});

/** Archives that borg made as checkpoints of interrupted backups are not listed. */
export const listArchives: Verb<"list-archives"> = async (keeper, input, signal) => ({
  archives: await readArchives(keeper, { ...input, checkpoints: false }, signal),
});

/** The committed archive list, in borg's order: the client's times. With or without checkpoints. An unreadable list is a refusal. */
export async function readArchives(
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; passphrase: string; checkpoints: boolean },
  signal: AbortSignal,
) {
  const { clientId, repositoryId, passphrase } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const end = await readWithBorg(keeper, {
    ...{ clientId, repositoryId, passphrase, signal, limitSeconds: LIST_LIMIT_SECONDS },
    args: [
      ...["list", "--json", "--format={id}{name}{start}{hostname}{username}"],
      ...(input.checkpoints ? ["--consider-checkpoints"] : []),
      ...["--", repositoryLocation(path)],
    ],
  });
  return readListing(end.stdout);
}

/** What `borg list --json` printed, asked for with `id`, `name`, `start`, `hostname` and `username`. */
export function readListing(stdout: Buffer) {
  return parseListing(stdout).archives.map((archive) => ({
    borgId: archive.id,
    name: archive.name,
    startedAt: instant(archive.start),
    hostname: archive.hostname ?? null,
    username: archive.username ?? null,
  }));
}

function parseListing(stdout: Buffer) {
  try {
    return listing.parse(JSON.parse(stdout.toString("utf8")));
  } catch (error) {
    throw new KeeperRefuses("fault", "borg's list of archives could not be read.", error);
  }
}

function instant(text: string): string {
  const read = readBorgInstant(text);
  if (read === null) throw new KeeperRefuses("fault", `borg gave a time that cannot be read: ${text}`);
  return read;
}
