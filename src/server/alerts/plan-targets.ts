import { sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { plans } from "../db/schema/plans";

/**
 * The repositories of a plan, to be joined laterally to `plans`: the one in its row, and the further ones. Written so that each is one step into
 * an index whatever PostgreSQL knows of the tables; a join behind the list reads all repositories once per plan.
 */
export function planTargets(db: Ctx["db"]) {
  return db
    .select({
      repositoryId: sql<string>`t.id`.as("target_id"),
      repositoryName: sql<string>`t.name`.as("target_name"),
    })
    .from(
      sql`(select r.id, r.name from repositories r where r.id = ${plans.repositoryId}
        union all
        select r.id, r.name from plan_copies c join repositories r on r.id = c.repository_id
          where c.plan_id = ${plans.id} and c.repository_id <> ${plans.repositoryId}) t`,
    )
    .as("target");
}
