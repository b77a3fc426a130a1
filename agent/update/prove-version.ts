import { z } from "zod";
import type { AgentFolder } from "../agent-folder";
import { AgentProblem } from "../agent-problem";
import { LIMITS } from "../launcher/limits";
import { memoryOf } from "../launcher/memory-of";
import { parseJson } from "../parse-json";
import { signalProcess } from "../process-identity";
import { askProgram } from "../run-program";

/** How often its memory is looked at. */
const LOOK_MS = 200;
/** What a new version must be able to do whatever the old one can. */
const NEEDED = ["enrolment", "policy", "probation"];

/** What `prove` prints. */
export const proof = z.object({
  version: z.string(),
  findings: z.array(
    z.object({ check: z.string(), state: z.enum(["ok", "warning", "failed"]), say: z.string() }),
  ),
});

/**
 * Has a version prove itself beside the one that runs: it reads the configuration, passes `doctor`, reaches the server, and makes a scratch
 * repository with a backup and a restore. What fails with the running version as well is a trouble of the machine and not counted, but for
 * what is needed; nor what does not fail again. Throws an `AgentProblem` with the reason and its last words.
 */
export async function proveVersion(
  candidate: { file: string; version: string },
  ownFile: string,
  folder: AgentFolder,
  signal: AbortSignal,
): Promise<void> {
  const look = async (program: { file: string; version: string }) => {
    const { version, findings } = await runProof(program, folder, signal);
    const failed = findings.filter(({ state }) => state === "failed");
    return { version, failed, fails: (check: string) => failed.some((one) => one.check === check) };
  };
  const first = await look(candidate);
  if (first.version !== candidate.version) {
    throw new AgentProblem(
      "update-unhealthy",
      `The new version says that it is ${first.version}, not ${candidate.version}.`,
    );
  }
  if (first.failed.length === 0) return;
  const running = await look({ file: ownFile, version: "the running version" });
  const counted = first.failed.filter(({ check }) => NEEDED.includes(check) || !running.fails(check));
  if (counted.length === 0) return;
  // The server, or what else it was, may have been away for that moment only.
  const second = await look(candidate);
  const still = second.failed.filter(({ check }) => counted.some((one) => one.check === check));
  if (still.length === 0) return;
  const words = still.map(({ check, say }) => `${check}: ${say}`).join("\n");
  throw new AgentProblem(
    "update-unhealthy",
    `${candidate.version} was not installed: it fails where it has to work.\n${words}`,
  );
}

async function runProof(
  { file, version }: { file: string; version: string },
  folder: AgentFolder,
  signal: AbortSignal,
): Promise<z.infer<typeof proof>> {
  let tooMuch = false;
  let looking: NodeJS.Timeout | undefined;
  const end = await askProgram({
    command: process.execPath,
    args: [file, "prove", "--dir", folder.folder],
    limitSeconds: LIMITS.proveSeconds,
    signal,
    onStart: (pid) => {
      looking = setInterval(async () => {
        if (tooMuch || (await memoryOf(pid)) <= LIMITS.memoryBytes) return;
        tooMuch = true;
        signalProcess(-pid, "SIGKILL");
      }, LOOK_MS);
    },
  });
  clearInterval(looking);
  const tail = end.complaint === "" ? "" : ` Its last words:\n${end.complaint.slice(-1200)}`;
  if (end.stopped === "cancelled") throw new AgentProblem("cancelled", "Nothing was changed.");
  if (tooMuch) {
    const most = LIMITS.memoryBytes / 1024 ** 2;
    throw new AgentProblem(
      "update-out-of-memory",
      `${version} took more than ${most} MiB of memory on probation and was ended.${tail}`,
    );
  }
  if (end.stopped === "timed-out") {
    throw new AgentProblem(
      "update-hung",
      `${version} did not prove itself within ${LIMITS.proveSeconds} seconds and was ended.${tail}`,
    );
  }
  const said = proof.safeParse(parseJson(end.stdout.toString("utf8")));
  if (end.exitCode === 0 && said.success) return said.data;
  throw new AgentProblem(
    "update-crashed",
    `${version} ended on probation with ${end.exitCode === null ? "a signal" : `exit code ${end.exitCode}`} and no proof.${tail}`,
  );
}
