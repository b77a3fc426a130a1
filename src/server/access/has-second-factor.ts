import { eq, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { PERSON } from "./read-user-actor";

/** What a person could show as a second factor; all false for somebody unknown. */
export interface SecondFactors {
  totp: boolean;
  passkey: boolean;
  /** Some are left. They count only beside an authenticator app or a passkey. */
  recoveryCodes: boolean;
}

/** Which second factors this person has. */
export async function secondFactorsOf(
  ctx: Pick<Ctx, "db">,
  input: { userId: string },
): Promise<SecondFactors> {
  const [found] = await ctx.db
    .select({
      totp: sql<boolean>`exists (select from totp_factors f where f.user_id = ${users}.id and f.confirmed_at is not null)`,
      passkey: sql<boolean>`exists (select from passkeys p where p.user_id = ${users}.id)`,
      recoveryCodes: sql<boolean>`exists (select from recovery_codes c where c.user_id = ${users}.id and c.used_at is null)`,
    })
    .from(users)
    .where(eq(users.id, input.userId));
  return found ?? { totp: false, passkey: false, recoveryCodes: false };
}

/** Whether this person has an authenticator app or a passkey. Recovery codes alone are none. */
export async function hasSecondFactor(ctx: Pick<Ctx, "db">, input: { userId: string }): Promise<boolean> {
  const [found] = await ctx.db
    .select({ has: PERSON.hasSecondFactor })
    .from(users)
    .where(eq(users.id, input.userId));
  return found?.has ?? false;
}
