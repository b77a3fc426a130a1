import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeExecutables } from "./make-executables";
import { packServer } from "./pack-server";
import type { BuiltFile } from "./write-manifest";

export interface Release {
  root: string;
  commit: { id: string; seconds: number };
  version: string;
  /** Where its files go. */
  folder: string;
  /** Public half of the key that signs it; a server that runs it tells new machines to pin it. */
  releaseKey: string;
}

/** Builds all files of a release anew: nothing of an earlier build gets in. What this machine cannot make is named. */
export async function buildFiles(
  release: Release,
  wanted: { server: boolean },
): Promise<{ files: BuiltFile[]; leftOut: string[] }> {
  const { root, folder } = release;
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const { build } = (await import(pathToFileURL(join(root, "src/supervisor/build.mjs")).href)) as {
    build(parts: readonly string[]): Promise<void>;
  };
  if (wanted.server) await buildConsole(release, build);
  await build(["programs"]);

  const agent = "bbs-agent.mjs";
  copyFileSync(join(root, "dist", agent), join(folder, agent));
  const files: BuiltFile[] = [{ name: agent, kind: "agent", platform: "any", arch: "any" }];
  const { made, leftOut } = makeExecutables(join(folder, agent), folder);
  files.push(...made);
  if (wanted.server) files.push(packServer(release));
  else leftOut.push("the server (as asked)");
  return { files, leftOut };
}

/**
 * Next makes up a build id and keys for features that this console does not use (draft mode, server actions), anew for each build, and
 * writes down where it was built. All of that follows from the commit here. The keys protect nothing: everybody can read them in a release.
 */
async function buildConsole(
  { root, commit }: Release,
  build: (parts: readonly string[]) => Promise<void>,
): Promise<void> {
  const derived = (what: string) => createHash("sha256").update(`${what} of ${commit.id}`).digest();
  rmSync(join(root, ".next"), { recursive: true, force: true });
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY = derived("server actions").toString("base64");
  process.env.BBS_BUILD_ID = commit.id;
  await build(["console"]);
  const built = join(root, ".next/standalone");
  const previewKeys = Object.entries(
    JSON.parse(readFileSync(join(built, ".next/server/preview-props.json"), "utf8")) as Record<
      string,
      string
    >,
  );
  const replaced: [string, string][] = [
    [root.replace(/\/$/, ""), "/opt/bbs"],
    ...previewKeys.map(([name, key]): [string, string] => [
      key,
      derived(name).toString("hex").slice(0, key.length),
    ]),
  ];
  for (const name of HOLDERS) {
    const path = join(built, name);
    const text = replaced.reduce((at, [from, to]) => at.replaceAll(from, to), readFileSync(path, "utf8"));
    writeFileSync(path, text);
  }
}

/** Files of a built console that hold a key or the folder of the build (next 16.4). */
const HOLDERS = [
  "server.js",
  ".next/required-server-files.json",
  ".next/prerender-manifest.json",
  ".next/server/preview-props.json",
];
