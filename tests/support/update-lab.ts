import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ReportRequest } from "~/protocol/v1";
import type { AgentBuild } from "./agent-builds";
import { type AgentLab, startAgentLab } from "./agent-lab";
import {
  type AgentRelease,
  agentBytes,
  makeRelease,
  type ReleaseMaker,
  releaseMaker,
  updateOrder,
} from "./agent-releases";
import { until } from "./until";

/** Shorter than real ones, so that a test does not wait for minutes. */
export const QUICK: AgentBuild["change"] = {
  "agent/launcher/limits.ts": (source) =>
    source
      .replace("confirmSeconds: 120", "confirmSeconds: 20")
      .replace("proveSeconds: 180", "proveSeconds: 40")
      .replace("memoryBytes: 512", "memoryBytes: 200")
      .replace("restartMs: 5000", "restartMs: 200"),
};

/** The version in the tree. */
export const OLD = JSON.parse(readFileSync("package.json", "utf8")).version as string;
export const NEW = "99.0.0";

/** An enrolled agent under its launcher, which trusts the key of `maker`. */
export interface UpdateLab extends AgentLab {
  maker: ReleaseMaker;
  /** Offers a release; the agent gets the order at its next poll. */
  offer(jobId: string, release: AgentRelease): void;
  /** Offers an agent of the tree as version `NEW`, with a fault. */
  offerBuild(jobId: string, change?: AgentBuild["change"]): Promise<AgentRelease>;
  /** Waits for the end of the update and until the version that runs has polled again. */
  settled(jobId: string, version: string): Promise<ReportRequest>;
  /** What `current` says; null: there is none. */
  current(): { name: string; confirmed: boolean } | null;
  versions(): string[];
}

export async function startUpdateLab(change: AgentBuild["change"] = {}): Promise<UpdateLab> {
  const lab = await startAgentLab({ change: { ...QUICK, ...change } });
  const maker = releaseMaker();
  await lab.enrol("--release-key", maker.key);
  const program = dirname(lab.program);
  const offer = (jobId: string, release: AgentRelease) => {
    lab.server.files.set(`/api/agent/v1/release-files/${release.sha256}`, release.file);
    lab.server.orders.push(updateOrder(jobId, release));
  };
  return Object.assign(lab, {
    maker,
    offer,
    offerBuild: async (jobId: string, fault: AgentBuild["change"] = {}) => {
      const file = await agentBytes({ version: NEW, change: { ...QUICK, ...fault } });
      const release = makeRelease(maker, NEW, file);
      offer(jobId, release);
      return release;
    },
    settled: async (jobId: string, version: string) => {
      const end = await lab.server.end(jobId);
      const polled = lab.server.polls.length;
      await until(`${version} polls`, () =>
        lab.server.polls.slice(polled).some(({ machine }) => machine.agentVersion === version),
      );
      return end;
    },
    current: () => {
      const path = join(program, "current");
      return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
    },
    versions: () => (existsSync(join(program, "versions")) ? readdirSync(join(program, "versions")) : []),
  });
}

/** Every end that was reported of a job, without repetitions of the same. */
export function endsOf(lab: AgentLab, jobId: string): string[] {
  const ends = lab.server.reports.filter(
    (entry) => entry.jobId === jobId && entry.report.state !== "running",
  );
  return [...new Set(ends.map(({ report }) => `${report.state} ${report.problem?.code ?? ""}`.trim()))];
}
