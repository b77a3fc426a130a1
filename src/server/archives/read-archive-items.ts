import { type ArchiveItem, archiveItems } from "~/borg/archive-items";
import { itemsOfFields } from "~/borg/native/items-of-fields";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { log } from "../log";
import { piecesOf } from "./catalog/pieces-of";
import type { ReadItems } from "./catalog/write-archive";

export interface ReadableArchive {
  clientId: string;
  repositoryId: string;
  passphrase: string;
  borgId: string;
  name: string;
}

/** What our own reader said of the archive counts for nothing: borg must be asked. */
class OnlyBorgReads extends Error {}

/**
 * Has an archive's items used by `use`, which may ask for them more than once. They are read by our own reader; where that does not
 * understand something, `use` is called again with what borg lists, so it must leave nothing behind when it fails.
 */
export async function withArchiveItems<T>(
  keeper: Keeper,
  archive: ReadableArchive,
  use: (read: ReadItems) => Promise<T>,
): Promise<T> {
  try {
    return await use(() => readNatively(keeper, archive));
  } catch (problem) {
    if (!(problem instanceof OnlyBorgReads)) throw problem;
    const { repositoryId, borgId } = archive;
    log().info({ repositoryId, borgId, why: problem.message }, "an archive is listed by borg");
    return use(() => listWithBorg(keeper, archive));
  }
}

/** Fails with OnlyBorgReads at any place in the middle. */
export async function* readNatively(keeper: Keeper, archive: ReadableArchive): AsyncGenerator<ArchiveItem[]> {
  const { clientId, repositoryId, passphrase, borgId } = archive;
  const fields = itemsOfFields();
  yield* piecesOf<ArchiveItem[]>(async (take) => {
    const { why } = await keeper
      .call("read-archive-natively", { clientId, repositoryId, passphrase, borgId }, (piece) =>
        take(fields.push(piece)),
      )
      .catch((problem: unknown) => {
        if (!(problem instanceof KeeperProblem) || problem.passes || !BORG_MAY.has(problem.code))
          throw problem;
        return { why: problem.message };
      });
    if (why !== null) throw new OnlyBorgReads(why);
  });
  fields.end();
}

/** The reader could not even be started. */
const BORG_MAY: ReadonlySet<KeeperProblem["code"]> = new Set(["fault", "bad-request", "borg-missing"]);

/** What borg lists of an archive, as it comes. Breaking off ends borg. */
export async function* listWithBorg(keeper: Keeper, archive: ReadableArchive): AsyncGenerator<ArchiveItem[]> {
  const { clientId, repositoryId, passphrase, name } = archive;
  const lines = archiveItems();
  yield* piecesOf<ArchiveItem[]>((take) =>
    keeper.call("read-archive", { clientId, repositoryId, passphrase, archiveName: name }, (piece) =>
      take(lines.push(piece)),
    ),
  );
  lines.end();
}
