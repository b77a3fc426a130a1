import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Ctx } from "~/server/context";
import { readReleaseFolder } from "~/server/updates/read-release-folder";
import { storeFile } from "~/server/updates/store-file";
import { takeInRelease } from "~/server/updates/take-in-release";
import type { Output } from "../output";
import { UsageError } from "../usage-error";

/** `bbs-admin release add`: for a server without internet, and for scripts on it. */
export function addReleaseVerb(
  program: Command,
  work: (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>,
): void {
  program
    .command("release")
    .description("Releases of agents and servers.")
    .command("add <folder>")
    .description(
      "Take in a release: a folder with manifest.json, manifest.sig and the files that the manifest names. Only one that a release key of the settings signed; files that are not in the folder can follow.",
    )
    .action(async (folder: string) => {
      const given = await readReleaseFolder(folder);
      if (!given) throw new UsageError(`${folder} holds no manifest.json with its manifest.sig.`);
      await work(async (ctx, out) => {
        const { id, version, missing } = await takeInRelease(ctx, { ...given, source: "folder" });
        const absent: string[] = [];
        for (const file of missing) {
          const stream = createReadStream(join(folder, file.name));
          await storeFile(ctx, file, stream).catch((error: NodeJS.ErrnoException) => {
            if (error.code !== "ENOENT") throw error;
            absent.push(file.name);
          });
        }
        const rest = absent.length > 0 ? ` Not in the folder: ${absent.join(", ")}.` : "";
        out.print({ id, version, absent }, `Release ${version} is here.${rest}`);
      });
    });
}
