import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { AgentProblem } from "../agent-problem";
import type { PolicyState } from "../policy";
import { askProgram, troubleOf } from "../run-program";

const ENGINES = ["/usr/bin/podman", "/usr/bin/docker", "/usr/local/bin/podman", "/usr/local/bin/docker"];
/** What a container gets to end by itself, and the engine on top of it. */
const STOP_SECONDS = 60;

/** One container of one engine, as it is remembered until it runs again. */
export type StoppedContainer = { engine: string; id: string; name: string };

/**
 * The running containers with a label. Refuses a label that the policy does not list, and a machine without an engine: a plan that wants
 * its database container stopped must not quietly read the files of a running one.
 */
export async function labelledContainers(label: string, policy: PolicyState): Promise<StoppedContainer[]> {
  if (!policy.readable) throw forbidden(`No container may be stopped: ${policy.why}.`);
  const allowed = policy.policy.containers;
  if (!allowed?.labels.includes(label)) {
    throw forbidden(`The policy of this machine does not let containers with the label ${label} be stopped.`);
  }
  const engine = await findEngine(allowed.engine);
  const args = [
    "ps",
    "--filter",
    `label=${label}`,
    "--filter",
    "status=running",
    "--format",
    "{{.ID}} {{.Names}}",
  ];
  const asked = await askProgram({ command: engine, args, env: surroundings() });
  const trouble = troubleOf(asked);
  if (trouble) throw failed(`${engine} could not list the containers. ${trouble}`);
  return asked.stdout
    .toString("utf8")
    .split("\n")
    .flatMap((line) => {
      const [id = "", name = ""] = line.trim().split(" ");
      return /^[0-9a-f]{12,64}$/.test(id) ? [{ engine, id, name: name || id }] : [];
    });
}

/** Stops one container; the engine kills one that does not end within a minute. Throws containers-failed. */
export async function stopContainer(container: StoppedContainer): Promise<void> {
  const args = ["stop", "--time", String(STOP_SECONDS), container.id];
  const end = await askProgram({
    command: container.engine,
    args,
    env: surroundings(),
    limitSeconds: STOP_SECONDS * 2,
  });
  const trouble = troubleOf(end);
  if (trouble) throw failed(`The container ${container.name} could not be stopped. ${trouble}`);
}

/** Starts a container that was stopped; one that runs already is fine. Answers why it does not run, or null. */
export async function startContainer(container: StoppedContainer): Promise<string | null> {
  const args = ["start", container.id];
  const end = await askProgram({
    command: container.engine,
    args,
    env: surroundings(),
    limitSeconds: STOP_SECONDS * 2,
  });
  return troubleOf(end);
}

async function findEngine(named: string | undefined): Promise<string> {
  for (const path of named ? [named] : ENGINES) {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  throw failed("There is neither podman nor docker on this machine.");
}

/** Rootless podman finds its containers by the account's home and runtime folder. */
function surroundings(): Record<string, string> {
  const uid = process.getuid?.() ?? 0;
  return { HOME: homedir(), ...(uid === 0 ? {} : { XDG_RUNTIME_DIR: `/run/user/${uid}` }) };
}

function forbidden(say: string): AgentProblem {
  return new AgentProblem("policy-forbids-containers", `${say} The machine's administrator can change that.`);
}

function failed(say: string): AgentProblem {
  return new AgentProblem("containers-failed", say);
}
