import { and, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { Role } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { invitations } from "../db/schema/access";
import type { NamedGrant } from "./person-row";

/** Days in which an invitation must be used. */
export const INVITATION_DAYS = 7;

/** `withdrawn`: whoever invited is no admin any more, so the link does not work; somebody else may invite anew. */
export const INVITATION_STATES = ["open", "expired", "withdrawn"] as const;
export type InvitationState = (typeof INVITATION_STATES)[number];

export interface InvitationRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  grants: NamedGrant[];
  state: InvitationState;
  invitedBy: string | null;
  createdAt: Date;
  expiresAt: Date;
}

/** Whoever invited can still act as an admin: a person who was shut out leaves no way back in behind. */
export const inviterIsAdmin = sql<boolean>`exists (
  select from users u where u.id = ${invitations}.invited_by
    and u.role = 'admin' and u.disabled_at is null and u.pending_since is null)`;

/** Whether the link of an invitation works now. */
export function isOpenInvitation(now: Date): SQL | undefined {
  return and(
    isNull(invitations.usedAt),
    isNull(invitations.revokedAt),
    gt(invitations.expiresAt, now),
    inviterIsAdmin,
  );
}

/** Unknown, used, revoked and too old are told alike. */
export function invitationInvalid(): Refusal {
  return new Refusal("link-invalid", {
    say: "This invitation does not work any more. It was used or revoked, or is too old. Ask an admin for a new one.",
  });
}
