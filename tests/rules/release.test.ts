import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { openManifest, type ReleaseCrypto, releaseSignatures } from "~/protocol/release";
import { packServer } from "~/supervisor/release/pack-server";
import { newKeyFile } from "~/supervisor/release/signing-key";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bbs-release-test-"));
  folders.push(folder);
  return folder;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const crypto: ReleaseCrypto = {
  sha256,
  verify: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, message, key, signature);
  },
};

/** A clone of what an agent is made of, in one commit. */
function cloneOfAgent(): string {
  const clone = join(newFolder(), "clone");
  const parts = ["agent", "src/protocol", "src/borg", "src/supervisor/release", "src/supervisor/release.mjs"];
  const files = ["src/supervisor/build.mjs", "package.json", "package-lock.json", "tsconfig.json"];
  for (const part of [...parts, ...files, ".gitignore"]) {
    mkdirSync(dirname(join(clone, part)), { recursive: true });
    cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  }
  mkdirSync(join(clone, "node_modules"));
  for (const name of ["zod", "esbuild", "@esbuild"])
    symlinkSync(join(ROOT, "node_modules", name), join(clone, "node_modules", name));
  git(clone, "init", "-q");
  commit(clone);
  return clone;
}

function git(clone: string, ...args: string[]): void {
  const date = "2026-11-23T20:00:00Z";
  const by = { NAME: "Somebody", EMAIL: "somebody@example.org", DATE: date };
  const env = Object.fromEntries(
    Object.entries(by).flatMap(([what, value]) => [
      [`GIT_AUTHOR_${what}`, value],
      [`GIT_COMMITTER_${what}`, value],
    ]),
  );
  execFileSync("git", ["-C", clone, ...args], { env: { ...process.env, ...env } });
}

function commit(clone: string): void {
  git(clone, "add", "-A");
  git(clone, "commit", "-qm", "one");
}

function npmRunRelease(clone: string, args: string[], key?: string): { said: string; code: number } {
  const env = { ...process.env, ...(key === undefined ? {} : { BBS_RELEASE_KEY: key }) };
  try {
    const said = execFileSync(process.execPath, [join(clone, "src/supervisor/release.mjs"), ...args], {
      env,
    });
    return { said: said.toString(), code: 0 };
  } catch (error) {
    const said = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    return { said, code: 1 };
  }
}

test("two clones of one commit make the same release, to the last byte, and the agent in it runs", () => {
  const keys = newFolder();
  const publicKey = newKeyFile(join(keys, "key.pem"));
  const released = [cloneOfAgent(), cloneOfAgent()].map((clone) => {
    const { said, code } = npmRunRelease(clone, ["--without-server", "--key-file", join(keys, "key.pem")]);
    expect(code, said).toBe(0);
    expect(said).toContain("left out: the server (as asked)");
    const [version = ""] = readdirSync(join(clone, "release")).filter((name) => name !== "feed.json");
    const folder = join(clone, "release", version);
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, sha256(readFileSync(join(folder, name)))]),
    );
    return { folder, version, files };
  });
  const [one, other] = released;
  if (!one || !other) throw new Error("two were made");
  expect(one.files).toEqual(other.files);

  const bytes = readFileSync(join(one.folder, "manifest.json"));
  const signatures = releaseSignatures.parse(
    JSON.parse(readFileSync(join(one.folder, "manifest.sig"), "utf8")),
  );
  const opened = openManifest(bytes, signatures, [publicKey], crypto);
  if ("refused" in opened) throw new Error(opened.refused);
  expect(opened.manifest.releasedAt).toBe("2026-11-23T20:00:00Z");
  for (const file of opened.manifest.files) expect(one.files[file.name]).toBe(file.sha256);
  const agent = join(one.folder, "bbs-agent.mjs");
  const said = execFileSync(process.execPath, [agent, "--version"]).toString();
  expect(said.trim()).toBe(opened.manifest.version);
  const feed: unknown = JSON.parse(readFileSync(join(dirname(one.folder), "feed.json"), "utf8"));
  expect(feed).toEqual({ releases: [`${one.version}/`] });
});

test("a key given by the environment is written nowhere", () => {
  const clone = cloneOfAgent();
  const keys = newFolder();
  newKeyFile(join(keys, "key.pem"));
  const text = readFileSync(join(keys, "key.pem"), "utf8");
  const { said, code } = npmRunRelease(clone, ["--without-server"], text);
  expect(code, said).toBe(0);
  const secret = text.split("\n")[1] ?? "";
  expect(secret.length).toBeGreaterThan(40);
  expect(said).not.toContain(secret);
  const search = ["-rlF", "--exclude-dir=node_modules", "-e", secret, clone];
  // grep ends with 1 where it finds nothing.
  expect(() => execFileSync("grep", search, { stdio: "pipe" })).toThrow(
    expect.objectContaining({ status: 1 }),
  );
});

test("refuses a clone that differs from its commit, and a key that others can read", () => {
  const clone = cloneOfAgent();
  const keys = newFolder();
  newKeyFile(join(keys, "key.pem"));
  chmodSync(join(keys, "key.pem"), 0o644);
  const readable = npmRunRelease(clone, ["--without-server", "--key-file", join(keys, "key.pem")]);
  expect(readable).toMatchObject({ code: 1, said: expect.stringContaining("can be read by others") });
  chmodSync(join(keys, "key.pem"), 0o600);
  writeFileSync(join(clone, "agent/main.ts"), "// changed");
  const changed = npmRunRelease(clone, ["--without-server", "--key-file", join(keys, "key.pem")]);
  expect(changed).toMatchObject({ code: 1, said: expect.stringContaining("changes that no commit has") });
  expect(existsSync(join(clone, "release"))).toBe(false);
});

test("a key is made once, for its owner alone, and never over another", () => {
  const path = join(newFolder(), "key.pem");
  newKeyFile(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const before = readFileSync(path);
  expect(() => newKeyFile(path)).toThrow(/EEXIST/);
  expect(readFileSync(path)).toEqual(before);
});

test("the server is packed to the same bytes from files of any age, order and mode", () => {
  const tarballs = [1, 2].map((turn) => {
    const [root, folder] = [newFolder(), newFolder()];
    const names = [
      "dist/web.mjs",
      "dist/.programs.sha256",
      "drizzle/0000_first.sql",
      ".next/standalone/server.js",
    ];
    for (const name of turn === 1 ? names : names.toReversed()) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), name);
      chmodSync(join(root, name), turn === 1 ? 0o664 : 0o600);
      utimesSync(join(root, name), turn * 1000, turn * 1000);
    }
    writeFileSync(join(root, "package.json"), "{}");
    chmodSync(join(root, "dist/web.mjs"), turn === 1 ? 0o775 : 0o700);
    symlinkSync("web.mjs", join(root, "dist/link.mjs"));
    mkdirSync(join(root, ".next/standalone/test-results"));
    const made = packServer({
      ...{ root, folder, commit: { seconds: 1_795_464_000 }, version: "1.2.3", releaseKey: "the key" },
    });
    return join(folder, made.name);
  });
  const [one = "", other = ""] = tarballs;
  expect(sha256(readFileSync(one))).toBe(sha256(readFileSync(other)));
  const listed = execFileSync("tar", ["-tvzf", one, "--numeric-owner", "--utc"])
    .toString()
    .trim()
    .split("\n");
  expect(listed.every((line) => / 0\/0 .* 2026-11-23 20:00 bbs-1\.2\.3\//.test(line))).toBe(true);
  expect(listed.map((line) => line.replace(/^(\S+).*bbs-1\.2\.3\//, "$1 "))).toEqual([
    "-rw-r--r-- package.json",
    "drwxr-xr-x dist/",
    "-rw-r--r-- dist/.programs.sha256",
    "lrwxr-xr-x dist/link.mjs -> web.mjs",
    "-rwxr-xr-x dist/web.mjs",
    "drwxr-xr-x drizzle/",
    "-rw-r--r-- drizzle/0000_first.sql",
    "drwxr-xr-x .next/standalone/",
    "-rw-r--r-- .next/standalone/server.js",
    "-rw-r--r-- dist/release-key.pub",
  ]);
});
