import { z } from "zod";
import { readBorgInstant } from "~/borg/listing";
import { archiveLocation } from "../archive-location";
import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readWithBorg } from "../run-server-borg";

/** The first one brings borg's chunk cache up to date, which reads every archive's metadata once. */
const INFO_LIMIT_SECONDS = 3600;

const size = z.number().int().nonnegative();
const instant = z.string().transform((text, context) => {
  const read = readBorgInstant(text);
  if (read !== null) return read;
  context.addIssue({ code: "custom", message: `not a time: ${text}` });
  return z.NEVER;
});
/** `borg info --json REPOSITORY::ARCHIVE` (1.2.4, 1.4.0). */
const info = z.object({
  archives: z
    .array(
      z.object({
        id: z.string().regex(/^[0-9a-f]{64}$/),
        start: instant,
        end: instant,
        duration: z.number(),
        hostname: z.string(),
        username: z.string(),
        stats: z.object({
          original_size: size,
          compressed_size: size,
          deduplicated_size: z.number().int(),
          nfiles: size,
        }),
      }),
    )
    .length(1),
});

export const describeArchive: Verb<"describe-archive"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, passphrase, archiveName } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const end = await readWithBorg(keeper, {
    ...{ clientId, repositoryId, passphrase, signal, limitSeconds: INFO_LIMIT_SECONDS },
    // borg's cache has a lock of its own; another description may be running.
    args: ["info", "--json", "--lock-wait=600", "--", archiveLocation(path, archiveName)],
  });
  const archive = readInfo(end.stdout);
  return {
    borgId: archive.id,
    startedAt: archive.start,
    endedAt: archive.end,
    durationSeconds: archive.duration,
    originalBytes: archive.stats.original_size,
    compressedBytes: archive.stats.compressed_size,
    deduplicatedBytes: Math.max(0, archive.stats.deduplicated_size),
    files: archive.stats.nfiles,
    hostname: archive.hostname,
    username: archive.username,
  };
};

function readInfo(stdout: Buffer) {
  try {
    const [archive] = info.parse(JSON.parse(stdout.toString("utf8"))).archives;
    if (archive) return archive;
  } catch (error) {
    throw new KeeperRefuses("fault", "borg's description of the archive could not be read.", error);
  }
  throw new KeeperRefuses("archive-missing", "There is no such archive.");
}
