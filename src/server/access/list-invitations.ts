import { and, desc, isNull, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { invitations } from "../db/schema/access";
import { type InvitationRow, type InvitationState, inviterIsAdmin } from "./invitation-row";
import type { NamedGrant } from "./person-row";

/** Invitations that nobody has used or revoked, newest first, also those that no longer work; at most 200. */
export async function listInvitations(ctx: Ctx): Promise<InvitationRow[]> {
  return ctx.db
    .select({
      id: invitations.id,
      email: invitations.email,
      name: invitations.name,
      role: invitations.role,
      grants: sql<
        NamedGrant[]
      >`coalesce((select json_agg(g.value || jsonb_build_object('clientName', c.name) order by g.ordinality)
        from jsonb_array_elements(${invitations}.grants) with ordinality g
        left join clients c on c.id = g.value ->> 'clientId'), '[]'::json)`,
      state: sql<InvitationState>`case
        when ${invitations}.expires_at <= ${ctx.now.toISOString()} then 'expired'
        when ${inviterIsAdmin} then 'open' else 'withdrawn' end`,
      invitedBy: sql<string | null>`(select u.name from users u where u.id = ${invitations}.invited_by)`,
      createdAt: invitations.createdAt,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .where(and(isNull(invitations.usedAt), isNull(invitations.revokedAt)))
    .orderBy(desc(invitations.createdAt), invitations.id)
    .limit(200);
}
