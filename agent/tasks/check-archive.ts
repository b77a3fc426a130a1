import { z } from "zod";
import type { RestoreOrder } from "~/protocol/v1";
import { AgentProblem } from "../agent-problem";
import { agentProblemOf, type BorgAccess, runForTask } from "./borg-access";
import type { TaskContext } from "./task";

const listOutput = z.object({ archives: z.array(z.object({ name: z.string(), id: z.string() })) });

/** Refuses when a name now stands for another archive than the one that was chosen. */
export async function checkArchives(
  archives: readonly RestoreOrder["archive"][],
  context: TaskContext,
  access: BorgAccess,
): Promise<void> {
  const end = await runForTask(context, {
    command: context.borg.path,
    args: ["list", "--json", "--log-json", "--bypass-lock", "--", access.url],
    env: access.env,
    passphrase: access.passphrase,
    signal: context.signal,
  });
  const problem = agentProblemOf(end);
  if (problem) throw problem;
  const listed = listOutput.safeParse(JSON.parse(end.stdout.toString("utf8")));
  for (const archive of archives) {
    const found = listed.success ? listed.data.archives.find(({ name }) => name === archive.name) : undefined;
    if (found?.id === archive.borgId) continue;
    throw new AgentProblem(
      "archive-missing",
      found
        ? `The archive ${archive.name} is not the one that was chosen: its name belongs to another archive now. Nothing was written.`
        : `The archive ${archive.name} is not in the repository any more. Nothing was written.`,
    );
  }
}
