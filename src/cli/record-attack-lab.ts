import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { ZodError } from "zod";
import { attackLabRun } from "~/domain/attack-lab";
import { attackLabSentence } from "~/domain/attack-lab-words";
import { recordAttackLab } from "~/server/system/attack-lab";
import { makeOutput } from "./output";
import { UsageError } from "./usage-error";

/** `bbs-admin attack-lab record FILE`: shows a run in the console that was made on another machine. Needs no database. */
export function addAttackLabVerb(program: Command, out: (text: string) => void): void {
  program
    .command("attack-lab")
    .description("The result of `npm run attack-lab`.")
    .command("record <file>")
    .description(
      "Show a run in this server's console, in place of the one before. The lab does it by itself on the machine of the server; FILE is its test-results/attack-lab.json.",
    )
    .action(async (file: string) => {
      const run = await readRun(file);
      await recordAttackLab(run);
      makeOutput(program.opts<{ json?: boolean }>().json === true, out).print(
        { at: run.at, attacks: run.attacks.length },
        `Recorded the run of ${run.at}: ${attackLabSentence(run)}.`,
      );
    });
}

async function readRun(file: string) {
  try {
    return attackLabRun.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ZodError)
      throw new UsageError(`${file} is no result of the attack lab.`);
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new UsageError(`There is no file ${file}.`);
    throw error;
  }
}
