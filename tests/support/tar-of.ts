import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A tar in GNU's form with these files, as borg would stream them out of an archive. */
export function tarOf(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "bbs-tar-of-"));
  try {
    for (const [path, contents] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), contents);
    }
    const names = Object.keys(files);
    return execFileSync("tar", [
      "--format=gnu",
      "-C",
      folder,
      "-cf",
      "-",
      ...(names.length > 0 ? names : ["-T", "/dev/null"]),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
