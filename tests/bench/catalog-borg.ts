import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LISTING_FORMAT } from "~/borg/listing";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { type Written, writeArchive } from "~/server/archives/catalog/write-archive";
import { listWithBorg, type ReadableArchive, readNatively } from "~/server/archives/read-archive-items";
import type { openPool } from "~/server/db";
import type { Keeper } from "~/server/keeper-port";
import { type StorageNode, startStorageNode } from "../support/storage-node";
import { type CatalogRepository, catalogRepository } from "./catalog-repository";
import { FOLDERS } from "./catalog-tree";
import { type Figure, median } from "./figure";

type Sql = ReturnType<typeof openPool>["sql"];

const ROUNDS = 3;
/** The catalog that holds both archives in the end. */
export const OF_BORG = "clustered";

/**
 * Two archives made by borg, through a real keeper into the catalog: with our own reader and with borg's listing, beside what each needs
 * alone. Leaves the catalog OF_BORG with both archives in it.
 */
export async function archivesOfBorg(sql: Sql): Promise<Figure[]> {
  const made = await catalogRepository();
  const [first, second] = made.archives;
  if (!first || !second) throw new Error("the repository does not hold two archives");
  const alone = [await secondsOfBorg(made, first.name), await secondsOfBorg(made, second.name)];
  const node = await startStorageNode({ audits: false });
  try {
    const archive = await putInPlace(node, made);
    const keeper: Keeper = {
      call: (verb, input, onPiece) => node.keeper(verb, input, onPiece ? { onPiece } : {}),
    };
    const update = async (
      catalog: string,
      planId: string,
      of: { name: string; borgId: string },
      read: typeof readNatively,
    ) => {
      const repository = await openCatalog(sql, catalog);
      const began = performance.now();
      const written = await writeArchive(
        sql,
        { repository, planId, archiveId: `${catalog}-${of.name}` },
        () => read(keeper, { ...archive, ...of }),
      );
      if (!written) throw new Error("nothing was written");
      return { ...written, seconds: (performance.now() - began) / 1000 };
    };
    const readers = [
      await readerAlone(node, archive, first.borgId),
      await readerAlone(node, archive, second.borgId),
    ];
    const listedFirst = await update("listed", "p", first, listWithBorg);
    const listedNext = await update("listed", "p", second, listWithBorg);
    const nativeFirst: Update[] = [];
    const nativeNext: Update[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const catalog = round < ROUNDS ? `round-${round}` : OF_BORG;
      nativeFirst.push(await update(catalog, "p", first, readNatively));
      nativeNext.push(await update(catalog, "p", second, readNatively));
    }
    return figuresOf({ alone, readers, listed: [listedFirst, listedNext], nativeFirst, nativeNext });
  } finally {
    await node.stop();
  }
}

type Update = Written & { seconds: number };

function figuresOf(of: {
  alone: number[];
  readers: { seconds: number; megabytes: number }[];
  listed: [Update, Update];
  nativeFirst: Update[];
  nativeNext: Update[];
}): Figure[] {
  const files = `${FOLDERS * 1000} files`;
  const [borgFirst = 0, borgNext = 0] = of.alone;
  const [reader, readerNext] = of.readers;
  const first = median(of.nativeFirst.map(({ seconds }) => seconds));
  const next = median(of.nativeNext.map(({ seconds }) => seconds));
  const [listedFirst, listedNext] = of.listed;
  const share = ((listedNext.opened + listedNext.closed) / listedFirst.opened) * 100;
  return [
    figure(`borg list alone, ${files}`, borgFirst, "s", null, "in our format, into nothing"),
    figure(
      "our reader alone, first archive",
      reader?.seconds ?? 0,
      "s",
      null,
      `into nothing; borg takes ${times(borgFirst, reader?.seconds)} as long`,
    ),
    figure("our reader alone, next archive", readerNext?.seconds ?? 0, "s", null, "into nothing"),
    figure("memory of our reader", reader?.megabytes ?? 0, "MB", 300, "most that was resident"),
    figure(
      "first archive by borg's listing, on top of borg list alone",
      listedFirst.seconds - borgFirst,
      "s",
      10,
      `${round(listedFirst.seconds)} s in all, through keeper and socket`,
    ),
    figure(
      "next archive by borg's listing, on top of borg list alone",
      listedNext.seconds - borgNext,
      "s",
      3,
      `${round(listedNext.seconds)} s in all, 1 % changed`,
    ),
    figure(
      "first archive by our reader, all of it",
      first,
      "s",
      null,
      `median of ${ROUNDS}; borg list alone takes ${times(borgFirst, first)} as long`,
    ),
    figure(
      "next archive by our reader, all of it",
      next,
      "s",
      8,
      `1 % changed, median of ${ROUNDS}; borg list alone takes ${times(borgNext, next)} as long`,
    ),
    figure(
      "rows written for 1 % changed (archives of borg)",
      share,
      "%",
      2.5,
      "begun and ended, of the first archive's",
    ),
  ];
}

/** Puts the repository in the place of one that the keeper has just made, with the owners that it gives. */
async function putInPlace(
  node: StorageNode,
  made: CatalogRepository,
): Promise<Omit<ReadableArchive, "name" | "borgId">> {
  const client = await node.addClient();
  const { id, path } = await client.addRepository();
  const owner = execFileSync("stat", ["-c", "%u:%g", path], { encoding: "utf8" }).trim();
  rmSync(path, { recursive: true });
  cpSync(made.path, path, { recursive: true });
  execFileSync("chown", ["-R", owner, path]);
  return { clientId: client.id, repositoryId: id, passphrase: made.passphrase };
}

async function secondsOfBorg(made: CatalogRepository, name: string): Promise<number> {
  const args = ["list", "--bypass-lock", `--format=${LISTING_FORMAT}`, `${made.path}::${name}`];
  const began = performance.now();
  const child = spawn("borg", args, { env: made.env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`borg list ended with ${code}`);
  return (performance.now() - began) / 1000;
}

async function readerAlone(
  node: StorageNode,
  { clientId, repositoryId, passphrase }: Omit<ReadableArchive, "name" | "borgId">,
  borgId: string,
): Promise<{ seconds: number; megabytes: number }> {
  const path = join(node.data, "home", clientId, "repos", repositoryId);
  const began = performance.now();
  const child = spawn(process.execPath, [join(node.data, "../programs/reader.mjs"), path, borgId], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const secret = child.stdio[3];
  if (secret && "end" in secret) secret.end(passphrase);
  let kilobytes = 0;
  const looking = setInterval(() => {
    const found = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
    kilobytes = Math.max(kilobytes, Number(found?.[1] ?? 0));
  }, 50);
  const [code] = await once(child, "exit");
  clearInterval(looking);
  if (code !== 0) throw new Error(`the reader ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, megabytes: kilobytes / 1024 };
}

const round = (value: number) => Math.round(value * 100) / 100;
const times = (borg: number, own: number | undefined) => `${round(borg / (own ?? 1))} times`;

const figure = (name: string, value: number, unit: string, bar: number | null, how: string): Figure => ({
  ...{ name, value: round(value), unit, bar, how },
});
