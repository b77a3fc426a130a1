import { and, isNull, sql } from "drizzle-orm";
import { tidyGrants } from "~/domain/grants";
import type { Grant, Role } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { invitations, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { isMailSetUp } from "../mail/is-mail-set-up";
import { queueMail } from "../mail/queue-mail";
import { readSetting } from "../settings/read-setting";
import { hashToken, newToken } from "../token";
import { demandConfirmed } from "./demand-confirmed";
import { INVITATION_DAYS } from "./invitation-row";
import { lockAdmins } from "./lock-admins";
import { demandClientsExist } from "./store-grants";
import { addressTaken } from "./update-person";

export interface Invitation {
  email: string;
  name: string;
  role: Role;
  /** What a user may do from the first request on; an admin needs none. */
  grants: readonly Grant[];
}

/**
 * Makes the link by which somebody makes their account. It leads to APP_URL whatever host the request named, works once and for
 * {@link INVITATION_DAYS} days, and stands in this answer and, when mail is set up, in the mail: only a hash is stored. Links of before to
 * the same address die. Refuses `confirmation-needed`: a browser that was left open makes no new accounts.
 * Refuses `name-taken` for an address that has an account, and while nobody can sign in by password.
 */
export async function invitePerson(
  ctx: Ctx,
  input: Invitation,
): Promise<{ id: string; url: string; expiresAt: Date; mailed: boolean }> {
  demandConfirmed(ctx);
  const { email, name, role } = input;
  const expiresAt = new Date(ctx.now.getTime() + INVITATION_DAYS * 86_400_000);
  const token = newToken("");
  const url = `${env().appUrl}/join?token=${token}`;
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const admin = await lockAdmins(within);
    const { localSignIn } = await readSetting(within, "sign-in");
    if (!localSignIn) {
      throw new Refusal("invalid-input", {
        say: "Nobody can sign in by password here. Ask the person to sign in by OpenID Connect, then let them in.",
      });
    }
    const same = sql`lower(${users.email}) = ${email.toLowerCase()}`;
    const [known] = await tx.select({ id: users.id }).from(users).where(same);
    if (known) throw addressTaken(email);
    const grants = role === "admin" ? [] : tidyGrants(input.grants);
    await demandClientsExist(within, grants);
    await tx
      .update(invitations)
      .set({ revokedAt: ctx.now })
      .where(
        and(
          sql`lower(${invitations.email}) = ${email.toLowerCase()}`,
          isNull(invitations.usedAt),
          isNull(invitations.revokedAt),
        ),
      );
    const id = newId();
    await tx.insert(invitations).values({
      ...{ id, email, name, role, grants, expiresAt, createdAt: ctx.now },
      tokenHash: hashToken(token),
      invitedBy: admin.userId,
    });
    const mailed = await isMailSetUp(within);
    if (mailed) await queueMail(within, { to: email, ...mailText(admin.name, url) });
    await appendEntry(within, {
      action: "user.invited",
      say: `Invited ${email} as ${role === "admin" ? "an admin" : "a user"}.`,
      detail: { invitationId: id, after: { email, name, role, grants }, mailed },
    });
    return { id, url, expiresAt, mailed };
  });
}

function mailText(inviter: string, url: string) {
  return {
    subject: "Your account for Borg Backup Server",
    text: [
      `${inviter} invites you to the backup server at ${env().appUrl}.`,
      "",
      `Open this link within ${INVITATION_DAYS} days and choose a password. It works once:`,
      "",
      url,
      "",
      "If you expected no such mail, leave it: nothing happens then.",
    ].join("\n"),
    validMinutes: INVITATION_DAYS * 24 * 60,
  };
}
