import { eq } from "drizzle-orm";
import { attackLabSentence } from "~/domain/attack-lab-words";
import type { SecurityFacts } from "~/domain/security-facts";
import { env } from "~/env";
import { MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { systemNodeStatus } from "../db/schema/system";
import { lastEntry } from "../journal/last-entry";
import { storeKind } from "../rate-limits/store-in-use";
import { appKeys } from "../secrets/app-key";
import { countSecretsByKey } from "../secrets/verify-secrets";
import { readSetting } from "../settings/read-setting";
import { readAttackLab } from "./attack-lab";
import { readDatabaseRights } from "./read-database-rights";
import { readFleetSecurity } from "./read-fleet-security";
import { readPeopleSecurity } from "./read-people-security";
import { tlsKind } from "./tls-kind";

/** What the Security page judges: this installation as it is now, for admins. `domain/security-layers` says what it means. */
export async function readSecurity(ctx: Pick<Ctx, "db" | "now">): Promise<SecurityFacts> {
  const [node, database, fleet, people, secrets, settings, journal, lab] = await Promise.all([
    readNode(ctx),
    readDatabaseRights(ctx),
    readFleetSecurity(ctx),
    readPeopleSecurity(ctx),
    readSecrets(ctx),
    readSettings(ctx),
    readJournal(ctx),
    readAttackLab(),
  ]);
  return {
    now: ctx.now,
    ...{ node, database, secrets, ...fleet, ...people, ...settings.facts },
    tls: tlsKind(),
    isLoopback: /^(localhost|127\.|\[::1\])/.test(new URL(env().appUrl).hostname),
    rateLimitStore: storeKind(),
    journal: { ...journal, anchorIsSet: settings.anchorIsSet },
    attackLab: lab && {
      at: new Date(lab.at),
      sentence: attackLabSentence(lab),
      escaped: lab.attacks.filter(({ layer }) => layer === null).length,
    },
  };
}

async function readNode(ctx: Pick<Ctx, "db">): Promise<SecurityFacts["node"]> {
  const [row] = await ctx.db
    .select()
    .from(systemNodeStatus)
    .where(eq(systemNodeStatus.storageNodeId, MAIN_NODE));
  if (!row) return null;
  const { borgVersion, protections, forcedCommand } = row.status;
  return { at: row.at, borgVersion, protections, hasForcedCommand: forcedCommand !== undefined };
}

async function readSecrets(ctx: Pick<Ctx, "db">): Promise<SecurityFacts["secrets"]> {
  const byKey = await countSecretsByKey(ctx);
  const keyId = appKeys()[0].id;
  const total = Object.values(byKey).reduce((sum, count) => sum + count, 0);
  return { total, underOldKeys: total - (byKey[keyId] ?? 0), keyId };
}

async function readSettings(ctx: Pick<Ctx, "db">) {
  const [signIn, oidc, mail, anchor] = await Promise.all([
    readSetting(ctx, "sign-in"),
    readSetting(ctx, "oidc"),
    readSetting(ctx, "mail"),
    readSetting(ctx, "journal-anchor"),
  ]);
  return {
    anchorIsSet: anchor.mailTo !== "" || anchor.postTo !== "",
    facts: {
      mailIsSet: mail.host !== "",
      signIn: {
        requireSecondFactor: signIn.requireSecondFactor,
        local: signIn.localSignIn,
        oidc: oidc.enabled,
        letsStrangersIn: oidc.newPeople === "let-in",
      },
    },
  };
}

async function readJournal(ctx: Pick<Ctx, "db">) {
  const check = await lastEntry(ctx, ["journal.verified", "journal.broken"]);
  const anchored = await lastEntry(ctx, ["journal.anchored"]);
  return {
    lastCheck: check && { at: check.at, intact: check.action === "journal.verified", say: check.say },
    lastAnchorAt: anchored?.at ?? null,
  };
}
