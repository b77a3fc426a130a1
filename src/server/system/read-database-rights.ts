import { sql } from "drizzle-orm";
import type { SecurityFacts } from "~/domain/security-facts";
import type { Ctx } from "../context";

/** The triggers of migration 0009 that keep the journal as it is. */
const JOURNAL_TRIGGERS = ["journal_entries_append_only", "journal_entries_chain"];

/**
 * What the role of the programs could do to the tables, asked of PostgreSQL itself. Triggers count while they are armed for ordinary
 * sessions (`tgenabled` O or A).
 */
export async function readDatabaseRights(ctx: Pick<Ctx, "db">): Promise<SecurityFacts["database"]> {
  const [rights] = await ctx.db.execute<{
    owns_tables: boolean;
    may_change_journal: boolean;
    triggers: number;
  }>(sql`
    select
      r.rolsuper or pg_has_role(current_user, c.relowner, 'MEMBER') as owns_tables,
      has_table_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE')
        or has_table_privilege(c.oid, 'TRUNCATE') as may_change_journal,
      (select count(*)::int from pg_trigger t where t.tgrelid = c.oid and t.tgenabled in ('O', 'A')
        and t.tgname in (${sql.join(
          JOURNAL_TRIGGERS.map((name) => sql`${name}`),
          sql`, `,
        )})) as triggers
    from pg_class c, pg_roles r
    where c.oid = 'public.journal_entries'::regclass and r.rolname = current_user`);
  if (!rights) throw new Error("the database does not tell what this role may do");
  return {
    ownsTables: rights.owns_tables,
    mayChangeJournal: rights.may_change_journal,
    hasJournalTriggers: rights.triggers === JOURNAL_TRIGGERS.length,
  };
}
