import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { env } from "~/env";
import { SealedProblem } from "~/keeper/self-backup/read-sealed";
import { parseRecoveryKey } from "~/server/system/self-backup/recovery-key";
import { readSelfBackup } from "~/supervisor/recover/read-self-backup";
import { recover } from "~/supervisor/recover/recover";
import { StartRefusal } from "~/supervisor/refuse-start";
import type { Output } from "../output";
import { UsageError } from "../usage-error";

/** `bbs-admin recover`: needs no running server, and the account that is to start it. */
export function addRecoverVerb(
  program: Command,
  output: () => Output,
  streams: { readPassword(): Promise<string>; error(text: string): void },
): void {
  program
    .command("recover")
    .description(
      "Rebuild this server in an empty data folder from a self-backup, with the recovery key on standard input. Repositories and vaults stay where they lie. The server must not be running.",
    )
    .argument("<file>", "bbs-self-….bbsbackup")
    .option("--check", "only read it through: does the key on your paper open it, and is it whole?")
    .action(async (file: string, options: { check?: boolean }) => {
      const key = parseRecoveryKey(await streams.readPassword());
      if (!key)
        throw new UsageError(
          "Standard input holds no recovery key: a letter is wrong or missing. It is 56 letters and digits, as printed when it was made.",
        );
      const path = resolve(file);
      const out = output();
      await inWords(async () => {
        if (options.check) {
          const { manifest, files } = await readSelfBackup(path, key);
          const { madeAt, version } = manifest;
          const say = `The key opens it and it is whole: made ${madeAt} by version ${version}, ${manifest.tables.length} tables and ${files.length} files.`;
          return out.print({ madeAt, version, files }, say);
        }
        const say = (line: string) => (out.json ? undefined : streams.error(`${line}\n`));
        const programRoot = join(dirname(fileURLToPath(import.meta.url)), "..");
        const { manifest, rows, files } = await recover({ env: env(), file: path, key, programRoot, say });
        const { appUrl, port, sshHost, sshPort } = manifest.settings;
        out.print(
          { madeAt: manifest.madeAt, rows, files, settings: manifest.settings },
          `Rebuilt as of ${manifest.madeAt}: ${rows} rows, ${files.length} files. It ran with APP_URL=${appUrl} PORT=${port} SSH_HOST=${sshHost} SSH_PORT=${sshPort}: start it with the same (npm start), then agents go on by themselves. Afterwards: bbs-admin journal verify.`,
        );
      });
    });
}

async function inWords(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SealedProblem || error instanceof StartRefusal) throw new UsageError(error.message);
    throw error;
  }
}
