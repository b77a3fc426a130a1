import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { repositories } from "../db/schema/repositories";

/** One step on a client's way to its first backup. */
export interface ChecklistStep {
  key: "created" | "enrolled" | "key" | "repository" | "backup";
  done: boolean;
  at: Date | null;
  /** What happened, or what to do now. */
  say: string;
}

/** The five steps in their order, from what is stored; nothing is remembered apart. */
export async function getChecklist(ctx: Ctx, may: Authorized<"view">): Promise<{ steps: ChecklistStep[] }> {
  const [client] = await ctx.db
    .select()
    .from(clients)
    .where(and(eq(clients.id, may.clientId), isNull(clients.removedAt)));
  if (!client) throw new Refusal("not-found", { say: "This client was removed." });
  const own = await ctx.db
    .select({ state: repositories.state, createdAt: repositories.createdAt, problem: repositories.problem })
    .from(repositories)
    .where(and(eq(repositories.clientId, client.id), isNull(repositories.removedAt)))
    .orderBy(asc(repositories.createdAt))
    .limit(200);
  const [backup] = await ctx.db
    .select({ endedAt: jobs.endedAt })
    .from(jobs)
    .where(
      and(
        eq(jobs.clientId, client.id),
        eq(jobs.kind, "backup"),
        inArray(jobs.state, ["succeeded", "warned"]),
      ),
    )
    .orderBy(asc(jobs.createdAt))
    .limit(1);
  const ready = own.find((repository) => repository.state === "ready");
  return {
    steps: [
      step("created", client.createdAt, "Client made."),
      step(
        "enrolled",
        client.enrolledAt,
        client.enrolledAt
          ? `${client.machine?.hostname ?? "The machine"} has enrolled.`
          : "Paste the line on the machine.",
      ),
      step("key", client.provisionedAt, keySay(client)),
      step("repository", ready?.createdAt ?? null, repositorySay(own, ready !== undefined)),
      step(
        "backup",
        backup?.endedAt ?? null,
        backup ? "The first backup is done." : "Make a plan and press Back up now.",
      ),
    ],
  };
}

function step(key: ChecklistStep["key"], at: Date | null, say: string): ChecklistStep {
  return { key, done: at !== null, at, say };
}

function keySay(client: typeof clients.$inferSelect): string {
  if (client.provisionedAt) return "Its account on the server is ready.";
  if (client.provisionProblem) return client.provisionProblem;
  return client.enrolledAt ? "The server is making its account." : "The server makes its account then.";
}

function repositorySay(own: readonly { state: string; problem: string | null }[], ready: boolean): string {
  if (ready) return "It has a repository.";
  const failed = own.find((repository) => repository.state === "failed");
  if (failed) return failed.problem ?? "Its repository could not be made. Retry it.";
  return own.length > 0 ? "The server is making its repository." : "Make a repository for it.";
}
