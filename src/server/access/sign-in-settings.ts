import { and, count, eq, isNull, not, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Setting } from "~/domain/settings";
import type { Ctx } from "../context";
import { signIns, users } from "../db/schema/access";
import { readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";
import { demandConfirmed } from "./demand-confirmed";
import { hasSecondFactor } from "./has-second-factor";
import { PERSON } from "./read-user-actor";

/** Any number: who changes how people sign in waits for the other, so that both ways in are never switched off at once. */
const WAYS_LOCK = 7_204_151;

/** Holds until the transaction ends. */
export async function lockWaysIn(ctx: Pick<Ctx, "db">): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${WAYS_LOCK})`);
}

/** What an admin sees: the setting, and what must be known to change it without locking anybody out. */
export interface SignInSettings extends Setting<"sign-in"> {
  /** The admin's own: whether there is a second factor, and how this sign-in began. */
  mine: { secondFactor: boolean; by: "password" | "passkey" | "oidc" | null };
  /** People who may sign in and have no second factor. */
  peopleWithout: number;
  oidc: { enabled: boolean; label: string };
}

export async function getSignInSettings(ctx: Ctx): Promise<SignInSettings> {
  const { actor } = ctx;
  const [without] = await ctx.db
    .select({ people: count() })
    .from(users)
    .where(and(isNull(users.disabledAt), not(PERSON.hasSecondFactor)));
  const { enabled, label } = await readSetting(ctx, "oidc");
  return {
    ...(await readSetting(ctx, "sign-in")),
    mine: {
      secondFactor: actor.kind === "user" && (await hasSecondFactor(ctx, { userId: actor.userId })),
      by: await wayOf(ctx),
    },
    peopleWithout: without?.people ?? 0,
    oidc: { enabled, label },
  };
}

/**
 * Saves how people sign in, journaled. Refuses `invalid-input` when the admin demands a second factor and has none (the next request would
 * be refused), and when local sign-in is switched off by somebody who has not come by OpenID Connect in this very sign-in: only that shows
 * that there is another way in. Refuses `confirmation-needed`.
 */
export async function saveSignInSettings(ctx: Ctx, value: Setting<"sign-in">): Promise<void> {
  demandConfirmed(ctx);
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    await lockWaysIn(within);
    const before = await readSetting(within, "sign-in");
    if (value.requireSecondFactor && !before.requireSecondFactor) await demandOwnSecondFactor(within);
    if (!value.localSignIn && before.localSignIn) await demandWayIn(within);
    await saveSetting(within, { name: "sign-in", value });
  });
}

async function demandOwnSecondFactor(ctx: Ctx): Promise<void> {
  const { actor } = ctx;
  if (actor.kind === "user" && (await hasSecondFactor(ctx, { userId: actor.userId }))) return;
  throw new Refusal("invalid-input", {
    say: "Set up a second factor for your own account first. Without one you would lock yourself out.",
  });
}

async function demandWayIn(ctx: Ctx): Promise<void> {
  const { enabled, label } = await readSetting(ctx, "oidc");
  if (!enabled)
    throw new Refusal("invalid-input", {
      say: "Set up OpenID Connect and switch it on first. Without it nobody could sign in.",
    });
  if ((await wayOf(ctx)) !== "oidc")
    throw new Refusal("invalid-input", {
      say: `Sign out and sign in with ${label} first, so that it is certain that this way works for an admin.`,
    });
}

async function wayOf({ db, actor }: Ctx): Promise<"password" | "passkey" | "oidc" | null> {
  if (actor.kind !== "user" || actor.signInId === null) return null;
  const [row] = await db.select({ by: signIns.by }).from(signIns).where(eq(signIns.id, actor.signInId));
  return row?.by ?? null;
}
