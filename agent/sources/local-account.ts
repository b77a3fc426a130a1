import { AgentProblem } from "../agent-problem";
import { type Account, askProgram, troubleOf } from "../run-program";

/** The account of a name that the policy gives; null without a name: the agent's own. Refuses one that is not there, or that is another's for an agent that is not root. */
export async function localAccount(name: string | undefined): Promise<Account | null> {
  if (name === undefined) return null;
  const [uid, gid] = await Promise.all([ask("-u", name), ask("-g", name)]);
  const own = process.getuid?.() ?? 0;
  if (own === uid) return null;
  if (own !== 0) {
    throw new AgentProblem("database-failed", `The agent is not root and cannot run programs as ${name}.`);
  }
  return { uid, gid };
}

async function ask(what: "-u" | "-g", name: string): Promise<number> {
  const end = await askProgram({ command: "id", args: [what, "--", name] });
  const trouble = troubleOf(end);
  const number = Number(end.stdout.toString("utf8").trim());
  if (trouble === null && Number.isInteger(number)) return number;
  throw new AgentProblem("database-failed", `There is no account ${name} on this machine.`);
}
