import type { Command } from "commander";
import { Refusal } from "~/domain/refusal";
import { env, fillAppKey } from "~/env";
import type { Ctx } from "~/server/context";
import { type AppKey, appKeys, readAppKeys } from "~/server/secrets/app-key";
import {
  addToKeyFile,
  dropFromKeyFile,
  keyFilePath,
  newAppKey,
  readKeyFile,
} from "~/server/secrets/key-file";
import type { BrokenSecret } from "~/server/secrets/reseal-secrets";
import { countSecretsByKey, verifySecrets } from "~/server/secrets/verify-secrets";
import { rotateKeys } from "~/server/system/rotate-keys";
import { makeOutput, type Output } from "../output";
import { UsageError } from "../usage-error";

type Work = (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>;

/** `bbs-admin keys`: the keys that seal what the database holds. All verbs need the account that may read the key file. */
export function addKeysVerbs(
  program: Command,
  work: Work,
  streams: { out(text: string): void; error(text: string): void },
): void {
  const keys = program
    .command("keys")
    .description(
      "The keys that seal the secrets in the database (APP_KEY). Needs the account that started the server.",
    );

  keys
    .command("list")
    .description("The keys by their ids, newest first, and how many secrets each has sealed.")
    .action(async () => {
      const known = await knownKeys();
      await work(async (ctx, out) => {
        const byKey = await countSecretsByKey(ctx);
        const rows = known.map(({ id }, at) => ({ id, newest: at === 0, secrets: byKey[id] ?? 0 }));
        out.table(
          rows,
          [
            ["key", (row) => row.id],
            ["", (row) => (row.newest ? "newest: seals what is new" : "older: opens only")],
            ["secrets", (row) => row.secrets],
          ],
          "",
        );
      });
    });

  keys
    .command("add")
    .description("Make a new newest key. The older ones stay. Takes effect when the server is restarted.")
    .action(async () => {
      const out = makeOutput(program.opts<{ json?: boolean }>().json === true, streams.out);
      if (env().appKey) {
        const key = newAppKey();
        const say = `APP_KEY comes from the environment here, so it has to be changed there. Put this new key and a comma before what it is now, in every place that starts a program of ours, restart them, then run \`bbs-admin keys rotate\`:\n${key}`;
        return out.print({ key, next: "environment" }, say);
      }
      const { id } = await addToKeyFile(await demandKeyFile());
      out.print(
        { id, file: keyFilePath(), next: "restart" },
        `Key ${id} is the newest now (${keyFilePath()}). Copy that file to where its last copy is kept. Restart the server, then run \`bbs-admin keys rotate\`.`,
      );
    });

  keys
    .command("rotate")
    .description("Seal every secret with the newest key while everything runs. Killed or cut: run it again.")
    .action(async () => {
      await knownKeys();
      await work(async (ctx, out) => {
        const done = await rotateKeys(ctx, appKeys(), {
          onBatch: ({ name, resealed }) => {
            if (!out.json) streams.error(`${name}: ${resealed} sealed anew\n`);
          },
        });
        if (done.broken.length > 0) throw new SecretsBroken(done.broken);
        if (done.left > 0)
          throw new Refusal("repository-in-use", {
            say: `${done.left} secrets were in use all the time and are still sealed with an older key. Run this again.`,
          });
        out.print(
          done,
          `${done.resealed} sealed anew, 0 left: everything is sealed with key ${done.newest}. ${wordsOf(done.droppable)}`,
        );
      });
    });

  keys
    .command("verify")
    .description("Open every secret. Names each row that does not open and fails.")
    .action(async () => {
      await knownKeys();
      await work(async (ctx, out) => {
        const { broken, ...found } = await verifySecrets(ctx, appKeys());
        if (broken.length > 0) throw new SecretsBroken(broken);
        const each = Object.entries(found.byKey).map(([id, count]) => `${count} with key ${id}`);
        out.print(
          found,
          found.secrets === 0
            ? "There are no secrets yet."
            : `All ${found.secrets} secrets open (${each.join(", ")}).`,
        );
      });
    });

  keys
    .command("drop <key>")
    .description("Take an older key, by its id, out of the file. Refused while a secret is sealed with it.")
    .action(async (id: string) => {
      if (env().appKey)
        throw new UsageError("APP_KEY comes from the environment here: take the key out of it there.");
      const file = await demandKeyFile();
      const known = await knownKeys();
      if (!known.some((key) => key.id === id)) throw new UsageError(`There is no key ${id}.`);
      if (known[0].id === id)
        throw new Refusal("forbidden", { say: `Key ${id} is the newest. Add another one first.` });
      await work(async (ctx, out) => {
        const count = (await countSecretsByKey(ctx))[id] ?? 0;
        if (count > 0)
          throw new Refusal("forbidden", {
            say: `${count} secrets are still sealed with key ${id}. Run \`bbs-admin keys rotate\` first.`,
          });
        await dropFromKeyFile(file, id);
        out.print(
          { id },
          `Key ${id} is out of ${keyFilePath()}. Keep it elsewhere as long as you keep copies of the database from before: they open with nothing else.`,
        );
      });
    });
}

/** Not a fault: the check was done, and this is what it found. */
export class SecretsBroken extends Error {
  readonly say: string;
  constructor(readonly broken: readonly BrokenSecret[]) {
    const lines = broken.map(({ why }) => why);
    super(lines.join("\n"));
    this.name = "SecretsBroken";
    this.say = `${broken.length} ${broken.length === 1 ? "secret does" : "secrets do"} not open:\n${lines.join("\n")}`;
  }
}

/** The keys as the server has them: APP_KEY, else the file. */
async function knownKeys(): Promise<[AppKey, ...AppKey[]]> {
  if (!env().appKey) fillAppKey(await demandKeyFile());
  return readAppKeys(env().appKey);
}

async function demandKeyFile(): Promise<string> {
  const keys = await readKeyFile();
  if (keys) return keys;
  throw new UsageError(
    `There is no ${keyFilePath()}. Set BBS_DATA as the server has it, or, where its keys come from the environment, APP_KEY.`,
  );
}

function wordsOf(droppable: readonly string[]): string {
  if (droppable.length === 0) return "There is no older key.";
  const what = droppable.length === 1 ? `Key ${droppable[0]} is` : `Keys ${droppable.join(", ")} are`;
  return `${what} not needed by the database any more: \`bbs-admin keys drop\` takes one out. Keep it elsewhere as long as you keep copies of the database from before.`;
}
