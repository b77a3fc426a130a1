import { readdir, readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { runBorg } from "~/borg/run";
import { parseBorgVersion } from "~/borg/version";
import { serveArguments } from "~/gate/serve";
import { renderKeyLine } from "../authorized-keys";
import type { Keeper, Verb } from "../keeper";
import { listProtections } from "../protections";

export const status: Verb<"status"> = async (keeper, _input, signal) => {
  const borg = await keeper.findBorg();
  const version =
    borg === null
      ? null
      : parseBorgVersion(
          (await runBorg({ command: borg, args: ["--version"], limitSeconds: 20, signal })).stdout.toString(),
        );
  const space = await statfs(keeper.paths.data);
  return {
    root: keeper.root,
    borgVersion: version?.text ?? null,
    sshHostKeys: await readHostKeys(keeper.paths.ssh),
    protections: await listProtections(keeper, borg, version),
    forcedCommand: describeForcedCommand(keeper, borg),
    freeBytes: space.bavail * space.bsize,
    totalBytes: space.blocks * space.bsize,
    locations: await keeper.locations.describe(),
  };
};

/** Rendered by the same code that writes the key files and starts borg, so that the console shows what is in force. */
function describeForcedCommand({ program, paths }: Keeper, borg: string | null) {
  const line = renderKeyLine(program, paths.data, "CLIENT", "ssh-ed25519 THE-CLIENTS-OWN-KEY");
  const served = [borg ?? "borg", ...serveArguments([paths.repository("CLIENT", "REPOSITORY")])].join(" ");
  return { authorizedKeysLine: line.trim(), servedCommand: served };
}

/** The public halves, as `known_hosts` writes them: type and key without a comment. */
async function readHostKeys(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^ssh_host_.*\.pub$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => text.trim().split(/\s+/).slice(0, 2).join(" "));
}
