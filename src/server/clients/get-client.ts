import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { borgTrouble, sayBorgTrouble } from "~/domain/borg-usable";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { AgentPolicy, Machine } from "~/protocol/v1";
import type { Ctx } from "../context";
import { clients, enrolmentTokens } from "../db/schema/clients";
import { type ClientRow, readClientRows } from "./client-row";

export interface ClientDetails extends ClientRow {
  machine: Machine | null;
  policy: AgentPolicy | null;
  enrolledAt: Date | null;
  provisionedAt: Date | null;
  /** Why its state is `problem`, and what to do; else null. */
  problem: string | null;
  sshUser: string | null;
  /** Over all its repositories: the hard one, which refuses, and the soft one, which only says so. Null: none. */
  quotaBytes: number | null;
  softQuotaBytes: number | null;
  /** The token that a machine could still enrol with; null when there is none. */
  enrolment: { expiresAt: Date } | null;
}

/** One client with all that the console shows of it. Refuses `not-found` for a removed one. */
export async function getClient(ctx: Ctx, client: Authorized<"view">): Promise<ClientDetails> {
  const living = and(eq(clients.id, client.clientId), isNull(clients.removedAt));
  const [row] = await readClientRows(ctx, { where: living, limit: 1 });
  const [stored] = await ctx.db.select().from(clients).where(living);
  if (!row || !stored) throw new Refusal("not-found", { say: "This client was removed." });
  const [open] = await ctx.db
    .select({ expiresAt: enrolmentTokens.expiresAt })
    .from(enrolmentTokens)
    .where(
      and(
        eq(enrolmentTokens.clientId, client.clientId),
        isNull(enrolmentTokens.usedAt),
        isNull(enrolmentTokens.revokedAt),
        gt(enrolmentTokens.expiresAt, ctx.now),
      ),
    )
    .orderBy(desc(enrolmentTokens.createdAt))
    .limit(1);
  return {
    ...row,
    machine: stored.machine,
    policy: stored.policy,
    enrolledAt: stored.enrolledAt,
    provisionedAt: stored.provisionedAt,
    problem: row.state === "problem" ? (stored.provisionProblem ?? borgProblem(row.borgVersion)) : null,
    sshUser: stored.sshUser,
    quotaBytes: stored.quotaBytes,
    softQuotaBytes: stored.softQuotaBytes,
    enrolment: open ?? null,
  };
}

function borgProblem(borgVersion: string | null): string | null {
  const trouble = borgTrouble(borgVersion);
  return trouble && sayBorgTrouble(trouble, borgVersion);
}
