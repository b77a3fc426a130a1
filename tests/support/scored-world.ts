import { execFileSync, spawn } from "node:child_process";
import { eq } from "drizzle-orm";
import { LISTING_FORMAT } from "~/borg/listing";
import { scoreArchives } from "~/server/archives/anomaly/score-archives";
import { fillCatalog } from "~/server/archives/fill-catalog";
import { archiveScores } from "~/server/db/schema/archives";
import { archiveLedger } from "~/server/db/schema/vault";
import { boundKeeper } from "~/worker/bound-keeper";
import { type AgentWorld, agentWorld } from "./agent-world";
import { ledgerArchive } from "./archive-world";
import { later } from "./database";
import { ScriptedKeeper } from "./scripted-keeper";

export type ScoreRow = typeof archiveScores.$inferSelect;

/**
 * A plan whose archives real borg makes of a tree, in a repository in `folder`. The ledger holds borg's numbers, the catalog is filled from
 * what borg lists, and the score is the one of the job; only ssh and the keeper's disk are left out.
 */
export async function scoredWorld(given: { folder: string; tree: string; borg: string }) {
  const world: AgentWorld = await agentWorld();
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: "test",
    PATH: process.env.PATH,
    BORG_BASE_DIR: `${given.folder}/base`,
    TZ: "UTC",
    BORG_PASSPHRASE: "x",
  };
  const repository = `${given.folder}/repository`;
  const borg = (args: string[], cwd = given.tree) =>
    execFileSync(given.borg, args, {
      cwd,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
  borg(["init", "--encryption", "repokey-blake2", repository]);
  const keeper = await new ScriptedKeeper().start();
  keeper.script["read-archive"] = ({ archiveName }) => {
    const text = borg(["list", "--format", LISTING_FORMAT, `${repository}::${String(archiveName)}`]);
    return { output: { listedBytes: text.length }, pieces: text.match(/[\s\S]{1,60000}/g) ?? [] };
  };
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  const { db } = world.database.pool;
  let hours = 0;
  return {
    ...{ world, ids, keeper, repository, env },
    /** Makes an archive of the tree as it is. */
    async create(name: string): Promise<{ archiveId: string; name: string }> {
      const made = JSON.parse(
        borg([
          "create",
          "--json",
          "--compression",
          "lz4",
          "--files-cache=mtime,size",
          `${repository}::${name}`,
          ".",
        ]),
      );
      const { stats, duration } = made.archive;
      hours += 24;
      const { id } = await ledgerArchive(world, { name, observedAt: later({ hours }) });
      await db
        .update(archiveLedger)
        .set({
          ...{
            borgId: made.archive.id,
            describedAt: new Date(),
            durationSeconds: duration,
            fileCount: stats.nfiles,
          },
          ...{ originalBytes: stats.original_size, compressedBytes: stats.compressed_size },
          deduplicatedBytes: stats.deduplicated_size,
        })
        .where(eq(archiveLedger.id, id));
      return { archiveId: id, name };
    },
    async score(archiveId: string): Promise<ScoreRow> {
      await fillCatalog(world.database.workerCtx(), boundKeeper(keeper.call, {}), ids);
      await scoreArchives(world.database.workerCtx(), ids);
      const [row] = await db.select().from(archiveScores).where(eq(archiveScores.archiveId, archiveId));
      if (!row) throw new Error("the archive was not scored");
      return row;
    },
    async backUp(name: string): Promise<ScoreRow> {
      const { archiveId } = await this.create(name);
      return this.score(archiveId);
    },
    /** As if the archive had never been made. */
    async forget(archiveId: string): Promise<void> {
      await db.delete(archiveScores).where(eq(archiveScores.archiveId, archiveId));
      await db.delete(archiveLedger).where(eq(archiveLedger.id, archiveId));
    },
    /** Extracts parts in their order over one another, as a restore does. Paths as bytes, over stdin of xargs. */
    async extract(
      parts: readonly { archiveId: string; paths: readonly string[] }[],
      into: string,
    ): Promise<void> {
      for (const { archiveId, paths } of parts) {
        const [archive] = await db.select().from(archiveLedger).where(eq(archiveLedger.id, archiveId));
        const location = `${repository}::${archive?.name}`;
        if (paths.length === 0) borg(["extract", location], into);
        else {
          const names = Buffer.concat(
            paths.flatMap((path) => [Buffer.from(path, "base64"), Buffer.from([0])]),
          );
          const args = ["-0", given.borg, "extract", location];
          const child = spawn("xargs", args, {
            cwd: into,
            env,
            stdio: ["pipe", "ignore", "inherit"],
          });
          child.stdin.end(names);
          await new Promise<void>((done, fail) =>
            child.on("close", (code) => (code === 0 ? done() : fail(new Error(`xargs ended with ${code}`)))),
          );
        }
      }
    },
  };
}
