import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { releaseKey } from "~/protocol/release";
import { buildFiles } from "./build-files";
import {
  keyFromFile,
  keyFromText,
  newKeyFile,
  publicHalf,
  type SigningKey,
  signManifest,
} from "./signing-key";
import { writeManifest } from "./write-manifest";

const USAGE = `npm run release -- [options]: makes a signed release of this commit in ./release/<version>

  --key-file FILE         the private key (PEM), for its owner alone; or BBS_RELEASE_KEY holds what would stand in it
  --also-key-file FILE    a second key that signs as well, while machines go from one key to the next
  --next-key BASE64       the public key of later releases, trusted by whoever installs this one
  --notes-file FILE       what is new (docs/releases/<version>.md)
  --channel CHANNEL       stable (default) or beta
  --minimum-agent X.Y.Z   the oldest agent that may go to this version in one step (0.1.0)
  --minimum-server X.Y.Z  the oldest server that may (0.1.0)
  --without-server        agents only: the console is not built
  --out FOLDER            instead of ./release
  --key-new FILE          make a new key in FILE, print its public half, and do nothing else`;

/** A release cannot be made as asked; the message is for the person at the terminal. */
class ReleaseProblem extends Error {}

interface Surroundings {
  /** The clone. */
  root: string;
  /** The private key as text, where no file was given. */
  key: string | undefined;
  say: (line: string) => void;
}

/**
 * Makes a release and answers the exit code. Everything in it follows from the commit, the node that builds and the public key: two people
 * get the same bytes, but for the signatures of a key that only one of them has. Refuses a clone with changes that no commit holds.
 */
export async function makeRelease(given: string[], surroundings: Surroundings): Promise<number> {
  const { say } = surroundings;
  try {
    const values = readOptions(given);
    if (values.help) say(USAGE);
    else if (values["key-new"] !== undefined) sayNewKey(values["key-new"], say);
    else await release(values, surroundings);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(`No release was made. ${error.message}`);
    return 1;
  }
}

type Values = ReturnType<typeof readOptions>;

function readOptions(args: string[]) {
  return parseArgs({
    args,
    options: {
      "key-file": { type: "string" },
      "also-key-file": { type: "string", multiple: true, default: [] },
      "next-key": { type: "string" },
      "notes-file": { type: "string" },
      channel: { type: "string", default: "stable" },
      "minimum-agent": { type: "string", default: "0.1.0" },
      "minimum-server": { type: "string", default: "0.1.0" },
      "without-server": { type: "boolean", default: false },
      out: { type: "string" },
      "key-new": { type: "string" },
      help: { type: "boolean", default: false },
    },
  }).values;
}

async function release(values: Values, { root, key, say }: Surroundings): Promise<void> {
  const keys = signingKeys(values, key);
  const nextKey = values["next-key"];
  if (nextKey !== undefined && !releaseKey.safeParse(nextKey).success)
    throw new ReleaseProblem("--next-key must be 32 bytes in base64, as --key-new prints them.");
  const commit = cleanCommit(root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const folder = join(resolve(values.out ?? join(root, "release")), version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const { files, leftOut } = await buildFiles(
    { root, commit, version, folder, releaseKey: publicHalf(keys[0]) },
    { server: !values["without-server"] },
  );
  const manifest = await writeManifest(folder, files, {
    ...{ version, releasedAt: commit.at, notes: readNotes(root, version, values["notes-file"]), nextKey },
    channel: values.channel,
    minimum: { agent: values["minimum-agent"], server: values["minimum-server"] },
  });
  const signatures = keys.map((one) => signManifest(one, manifest.bytes));
  writeFileSync(join(folder, "manifest.sig"), `${JSON.stringify(signatures, null, 2)}\n`);
  writeFileSync(join(folder, "../feed.json"), `${JSON.stringify({ releases: [`${version}/`] }, null, 2)}\n`);

  say(`Release ${version} of ${commit.id} in ${folder}:`);
  for (const file of manifest.files) say(`  ${file.sha256}  ${file.name}  ${file.size} bytes`);
  for (const what of leftOut) say(`  left out: ${what}`);
  say(`Signed by ${keys.map(publicHalf).join(" and ")}.`);
}

function signingKeys(values: Values, text: string | undefined): [SigningKey, ...SigningKey[]] {
  const file = values["key-file"];
  if (file === undefined && !text)
    throw new ReleaseProblem(
      "It needs a key: --key-file FILE, or BBS_RELEASE_KEY. --key-new FILE makes one.",
    );
  const first = file === undefined ? keyFromText(text ?? "") : keyFromFile(file);
  return [first, ...values["also-key-file"].map(keyFromFile)];
}

function sayNewKey(file: string, say: (line: string) => void): void {
  const publicKey = newKeyFile(file);
  say(
    `Wrote the private key to ${file}. Keep it off every server, and keep a copy: without it no agent can be updated.`,
  );
  say(`Its public half, which agents pin:\n${publicKey}`);
}

/** The commit and its time. Refuses a clone that differs from it: then the same commit would not give the same files. */
function cleanCommit(root: string): { id: string; at: string; seconds: number } {
  const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8" }).trim();
  if (git("status", "--porcelain") !== "")
    throw new ReleaseProblem(
      "This clone holds changes that no commit has. Commit them, or use a fresh clone.",
    );
  const seconds = Number(git("log", "-1", "--format=%ct"));
  const at = new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  return { id: git("rev-parse", "HEAD"), at, seconds };
}

function readNotes(root: string, version: string, given: string | undefined): string {
  const usual = join(root, "docs/releases", `${version}.md`);
  if (given === undefined && !existsSync(usual)) return "";
  return readFileSync(given ?? usual, "utf8").trim();
}
