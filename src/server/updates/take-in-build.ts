import { createReadStream } from "node:fs";
import { join } from "node:path";
import { MOST_RELEASE_KEYS } from "~/domain/settings";
import { releaseKey } from "~/protocol/release";
import type { Ctx } from "../context";
import { log } from "../log";
import { readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";
import { readIfThere, readReleaseFolder } from "./read-release-folder";
import { storeFile } from "./store-file";
import { takeInRelease } from "./take-in-release";

/**
 * At the start of the worker: what the program that runs brought along in `folder`. Its public release key joins those of the settings; and where
 * `manifest.json` and `manifest.sig` were put beside the programs, its release is taken in with the agent that lies there. Whoever installs a program
 * decides what it trusts. A build without a key or a release changes nothing. May run twice.
 */
export async function takeInBuild(ctx: Ctx, folder: string): Promise<void> {
  await joinKey(ctx, folder);
  const given = await readReleaseFolder(folder);
  if (!given) return;
  const { missing } = await takeInRelease(ctx, { ...given, source: "build" });
  const agent = missing.find(({ name }) => name === "bbs-agent.mjs");
  if (agent) await storeFile(ctx, agent, createReadStream(join(folder, agent.name)));
}

async function joinKey(ctx: Ctx, folder: string): Promise<void> {
  const text = (await readIfThere(join(folder, "release-key.pub")))?.toString("utf8").trim();
  if (text === undefined) return;
  const key = releaseKey.safeParse(text);
  if (!key.success) {
    log().warn({ folder }, "release-key.pub of this build holds no key");
    return;
  }
  const before = await readSetting(ctx, "updates");
  if (before.releaseKeys.includes(key.data)) return;
  const releaseKeys = [...before.releaseKeys, key.data].slice(-MOST_RELEASE_KEYS);
  await saveSetting(ctx, {
    ...{ name: "updates", value: { ...before, releaseKeys } },
    say: "The program that runs brought its release key along: releases by it are trusted from now on.",
  });
}
