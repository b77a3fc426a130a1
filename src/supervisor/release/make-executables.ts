import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { BuiltFile } from "./write-manifest";

/** What bun compiles for, and how a release calls it. */
const TARGETS = [
  { target: "bun-linux-x64", name: "bbs-agent-linux-x64", platform: "linux", arch: "x64" },
  { target: "bun-linux-arm64", name: "bbs-agent-linux-arm64", platform: "linux", arch: "arm64" },
  { target: "bun-darwin-arm64", name: "bbs-agent-darwin-arm64", platform: "darwin", arch: "arm64" },
  { target: "bun-windows-x64", name: "bbs-agent-windows-x64.exe", platform: "win32", arch: "x64" },
] as const;

/** Agents for machines without node, where bun is installed; it fetches its other targets by itself. What could not be made is named. */
export function makeExecutables(agent: string, folder: string): { made: BuiltFile[]; leftOut: string[] } {
  if (!isBunInstalled())
    return { made: [], leftOut: TARGETS.map(({ name }) => `${name} (bun is not installed)`) };
  const made: BuiltFile[] = [];
  const leftOut: string[] = [];
  for (const { target, name, platform, arch } of TARGETS) {
    const args = ["build", "--compile", `--target=${target}`, agent, "--outfile", join(folder, name)];
    try {
      execFileSync("bun", args, { stdio: "pipe", timeout: 300_000 });
      made.push({ name, kind: "agent-executable", platform, arch });
    } catch (error) {
      const [why] = String(error).split("\n").slice(-1);
      leftOut.push(`${name} (bun could not make it: ${why})`);
    }
  }
  return { made, leftOut };
}

function isBunInstalled(): boolean {
  try {
    execFileSync("bun", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
