import { and, eq, sql } from "drizzle-orm";
import { userId } from "~/domain/id";
import { decideOidc, type KnownPerson, type OidcClaims, type OidcRefusal } from "~/domain/oidc-decision";
import { PRESETS } from "~/domain/permission";
import type { Setting } from "~/domain/settings";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { grants, oidcIdentities, users } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { readSetting } from "../settings/read-setting";
import { startSignIn } from "./start-sign-in";

export interface OidcSignIn {
  claims: OidcClaims;
  /** True peer address; null when unknown. */
  peer: string | null;
  /** The browser's own name for itself. */
  device: string | null;
}

export type OidcAnswer =
  | { kind: "signed-in"; signInId: string; expiresAt: Date }
  | { kind: "refused"; why: OidcRefusal };

/**
 * Starts the sign-in of somebody whom the provider vouches for, by the rules of `domain/oidc-decision`: known, linked, or made new. A second
 * factor that the person has, or that is demanded, is still asked for. Two first sign-ins of one identity at once make one person.
 */
export async function signInByOidc(ctx: Omit<Ctx, "actor">, input: OidcSignIn): Promise<OidcAnswer> {
  return ctx.db.transaction(async (tx): Promise<OidcAnswer> => {
    const inTx: Ctx = { ...ctx, db: tx, actor: { kind: "nobody" } };
    const { claims, peer, device } = input;
    const setting = await readSetting(inTx, "oidc");
    const known = {
      byIdentity: await findByIdentity(inTx, claims),
      byEmail: await findByEmail(inTx, claims),
    };
    const first = decideOidc(claims, known, setting);
    const decision =
      first.kind === "link" || first.kind === "create" ? await decideAlone(inTx, claims, setting) : first;
    if (decision.kind === "refuse") {
      await journalRefusal(inTx, input, decision.why);
      return { kind: "refused", why: decision.why };
    }
    const person =
      decision.kind === "create"
        ? await createPerson(inTx, claims, setting, decision.pending)
        : decision.userId;
    if (decision.kind === "link") await link(inTx, claims, person);
    const begun = { userId: person, by: "oidc", secondFactorShown: false, peer, device } as const;
    return { kind: "signed-in", ...(await startSignIn(inTx, begun)) };
  });
}

/** Decides again when nobody else can link or make somebody until this transaction ends. */
async function decideAlone(ctx: Ctx, claims: OidcClaims, setting: Setting<"oidc">) {
  await ctx.db.execute(sql`lock table ${oidcIdentities} in share row exclusive mode`);
  const known = { byIdentity: await findByIdentity(ctx, claims), byEmail: await findByEmail(ctx, claims) };
  return decideOidc(claims, known, setting);
}

const PERSON = { userId: users.id, email: users.email, disabledAt: users.disabledAt };

async function findByIdentity(ctx: Ctx, { issuer, subject }: OidcClaims): Promise<KnownPerson | null> {
  const [found] = await ctx.db
    .select(PERSON)
    .from(oidcIdentities)
    .innerJoin(users, eq(users.id, oidcIdentities.userId))
    .where(and(eq(oidcIdentities.issuer, issuer), eq(oidcIdentities.subject, subject)));
  return found ? knownPerson(found) : null;
}

async function findByEmail(ctx: Ctx, { email }: OidcClaims): Promise<KnownPerson | null> {
  if (email === null) return null;
  const [found] = await ctx.db.select(PERSON).from(users).where(sql`lower(${users.email}) = lower(${email})`);
  return found ? knownPerson(found) : null;
}

function knownPerson(row: { userId: string; email: string; disabledAt: Date | null }): KnownPerson {
  return { userId: userId.parse(row.userId), email: row.email, disabled: row.disabledAt !== null };
}

async function link(ctx: Ctx, claims: OidcClaims, person: string): Promise<void> {
  await insertIdentity(ctx, claims, person);
  await appendEntry(ctx, {
    action: "oidc.linked",
    say: `Linked the account of ${claims.email} to OpenID Connect.`,
    detail: { userId: person, issuer: claims.issuer, subject: claims.subject, email: claims.email },
  });
}

/** Without a password. Pending: an admin lets the person in and gives the permissions; else the preset, for all clients. */
async function createPerson(
  ctx: Ctx,
  claims: OidcClaims,
  setting: Setting<"oidc">,
  pending: boolean,
): Promise<string> {
  const id = newId();
  const email = claims.email ?? "";
  const name = claims.name ?? email;
  await ctx.db.insert(users).values({
    ...{ id, email, name, passwordHash: null, role: "user", createdAt: ctx.now },
    pendingSince: pending ? ctx.now : null,
  });
  const permissions = pending ? [] : [...PRESETS[setting.preset]];
  if (permissions.length > 0)
    await ctx.db.insert(grants).values({
      ...{ id: newId(), userId: id, clientId: null, tag: null, permissions, createdAt: ctx.now },
    });
  await insertIdentity(ctx, claims, id);
  await appendEntry(ctx, {
    action: "user.joined",
    say: pending
      ? `${name} came by OpenID Connect and waits to be let in.`
      : `${name} came by OpenID Connect and was let in.`,
    detail: { userId: id, email, by: "oidc", issuer: claims.issuer, pending, permissions },
  });
  return id;
}

async function insertIdentity(ctx: Ctx, { issuer, subject }: OidcClaims, person: string): Promise<void> {
  await ctx.db
    .insert(oidcIdentities)
    .values({ id: newId(), userId: person, issuer, subject, createdAt: ctx.now });
}

async function journalRefusal(ctx: Ctx, { claims, peer, device }: OidcSignIn, why: OidcRefusal) {
  await appendEntry(ctx, {
    action: "sign-in.failed",
    say: `Refused a sign-in by OpenID Connect: ${REFUSED[why]}.`,
    detail: { ...claims, by: "oidc", reason: why, address: peer, device: device?.slice(0, 300) ?? null },
  });
}

const REFUSED: Record<OidcRefusal, string> = {
  "oidc-off": "it is switched off",
  "oidc-issuer": "it came from another issuer",
  "oidc-disabled": "the account is disabled",
  "oidc-no-email": "the provider told no address",
  "oidc-unverified": "the provider has not verified the address",
  "oidc-denied": "nobody has invited this person",
};
