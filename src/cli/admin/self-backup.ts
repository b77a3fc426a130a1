import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "commander";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";
import type { Ctx } from "~/server/context";
import { listSelfBackups } from "~/server/system/self-backup/list-self-backups";
import { makeRecoveryKey, recoveryKeyId } from "~/server/system/self-backup/make-recovery-key";
import { findSelfBackup, requestSelfBackup } from "~/server/system/self-backup/request-self-backup";
import type { Output } from "../output";
import { UsageError } from "../usage-error";

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

/** `bbs-admin recovery-key new` and `bbs-admin self-backup list|now`. */
export function addSelfBackupVerbs(program: Command, work: Work): void {
  program
    .command("recovery-key")
    .description("The key that opens backups of this server itself.")
    .command("new")
    .description(
      "Make a recovery key and print it, this once. Write it on paper; this server keeps only the half that locks. Files made before still need the key before.",
    )
    .option("--replace", "there is one already: the next backups are for the new one")
    .action(({ replace }: { replace?: boolean }) =>
      work(async (ctx, out) => {
        const { recoveryKey } = await listSelfBackups(ctx);
        if (recoveryKey && !replace)
          throw new UsageError(
            `There is a recovery key already, ${recoveryKey.id} of ${recoveryKey.madeAt}. With --replace a new one takes its place.`,
          );
        const { paper, publicKey } = await makeRecoveryKey(ctx);
        const id = recoveryKeyId(publicKey);
        out.print(
          { recoveryKey: paper, id },
          `${paper}\n\nThis is the recovery key ${id}. It is shown this once and kept nowhere: write it on paper and put it where this machine's fate does not reach. Without it nobody opens a backup of this server.`,
        );
      }),
    );

  const group = program.command("self-backup").description("Backups of this server itself: list, now.");
  group
    .command("list")
    .description("The newest tries, and the files that are kept.")
    .action(() =>
      work(async (ctx, out) => {
        const { recoveryKey, backups } = await listSelfBackups(ctx);
        if (out.json) return out.print({ folder: folder(), recoveryKey, backups }, "");
        const key = recoveryKey
          ? `New ones are for the recovery key ${recoveryKey.id}.`
          : "There is no recovery key: bbs-admin recovery-key new.";
        out.print({}, `${key} Files lie in ${folder()}, for root; copy them elsewhere as often as you can.`);
        out.table(
          backups,
          [
            ["asked", (row) => row.createdAt.toISOString().slice(0, 16).replace("T", " ")],
            ["state", (row) => row.state],
            [
              "file",
              (row) =>
                row.there ? row.fileName : row.state === "succeeded" ? "removed since" : (row.problem ?? ""),
            ],
            ["bytes", (row) => row.bytes ?? ""],
            ["key", (row) => row.recoveryKeyId ?? ""],
          ],
          "None was made yet.",
        );
      }),
    );
  group
    .command("now")
    .description("Make one now and wait for it.")
    .action(() =>
      work(async (ctx, out) => {
        const { id } = await requestSelfBackup(ctx);
        for (;;) {
          const row = await findSelfBackup(ctx, id);
          if (row?.state === "succeeded") {
            const path = join(folder(), row.fileName ?? "");
            return out.print({ id, file: path, bytes: row.bytes }, `${path}, ${row.bytes} bytes.`);
          }
          if (row?.state === "failed")
            throw new Refusal("storage-unavailable", { say: row.problem ?? "It failed." });
          await wait(300);
        }
      }),
    );
}

const folder = () => join(env().data, "vault/self-backups");
