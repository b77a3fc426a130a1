import { hostname, release } from "node:os";
import type { Machine } from "~/protocol/v1";
import { version as agentVersion } from "../package.json";
import { isMetered, isOnMains } from "./availability";
import { readIfThere } from "./durable-file";

export { agentVersion };

/** What the console shows of this machine. `clockAheadMs` as measured at the last answer; null before the first. */
export async function describeMachine(
  borgVersion: string | null,
  clockAheadMs: number | null,
): Promise<Machine> {
  return {
    hostname: hostname().slice(0, 255) || "unknown",
    os: (await systemName()).slice(0, 200),
    platform: process.platform,
    arch: process.arch,
    agentVersion,
    borgVersion: borgVersion?.slice(0, 40) ?? null,
    clockAheadMs,
    onMains: await isOnMains(),
    metered: await isMetered(),
  };
}

async function systemName(): Promise<string> {
  const text = await readIfThere("/etc/os-release");
  const name = text === null ? undefined : /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(text)?.[1];
  if (name) return name;
  return process.platform === "darwin" ? `macOS (Darwin ${release()})` : `${process.platform} ${release()}`;
}
