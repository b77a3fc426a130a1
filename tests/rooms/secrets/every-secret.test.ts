import { randomBytes } from "node:crypto";
import { eq, is, sql } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { describe, expect, it } from "vitest";
import { userId as toUserId } from "~/domain/id";
import { saveChannel } from "~/server/alerts/channels";
import { turnOnPush } from "~/server/alerts/push-browsers";
import { ensurePushKeys } from "~/server/alerts/push-keys";
import { deliveryPlace } from "~/server/archives/download/take-delivery";
import type { Ctx } from "~/server/context";
import { schema } from "~/server/db";
import { signIns, totpFactors, users } from "~/server/db/schema/access";
import { clients } from "~/server/db/schema/clients";
import { downloads } from "~/server/db/schema/downloads";
import { repositories, repositoryImports } from "~/server/db/schema/repositories";
import { parcels } from "~/server/db/schema/restores";
import { keyEscrows } from "~/server/db/schema/vault";
import { isSecretText } from "~/server/db/secret-text";
import { queueMail } from "~/server/mail/queue-mail";
import { insertImport } from "~/server/repositories/import-row";
import { parcelPlace } from "~/server/restores/parcel-passphrase";
import { type AppKey, appKeys, readAppKeys } from "~/server/secrets/app-key";
import { sealSecret } from "~/server/secrets/seal-secret";
import { type SecretColumn, secretColumns } from "~/server/secrets/secret-columns";
import { verifySecrets } from "~/server/secrets/verify-secrets";
import { saveSetting } from "~/server/settings/save-setting";
import { testDatabase } from "~tests/support/database";
import { enrolledClient, readyRepository, reportNode } from "~tests/support/fleet";
import { personActor } from "~tests/support/person";

/** Columns that are named like a secret and hold none. Whoever adds one says here why it may be read. */
const NO_SECRETS: Record<string, string> = {
  "users.password_hash": "bcrypt",
  "recovery_codes.code_hash": "bcrypt",
  "self_backups.recovery_key": "the public half of the recovery key",
  "invitations.token_hash": "SHA-256 of 256 random bits",
  "password_resets.token_hash": "SHA-256 of 256 random bits",
  "setup_links.token_hash": "SHA-256 of 256 random bits",
  "api_tokens.token_hash": "SHA-256 of 256 random bits",
  "enrolment_tokens.token_hash": "SHA-256 of 256 random bits",
  "agent_keys.key_hash": "SHA-256 of 256 random bits",
  "passkeys.credential_id": "the browser's name of a passkey; its private half never leaves the device",
  "passkeys.public_key": "the public half",
  "clients.ssh_public_key": "the public half",
  "rate_limits.key": "what is counted",
  "gate_sessions.exit_code": "a number",
  "alerts.key": "names the wrong thing, so that it is one alert",
};
const NAMED_LIKE_A_SECRET = /pass|secret|token|key|credential|code|otp|pin(_|$)|private|seed|sealed|cookie/;

const columns = Object.values(schema)
  .filter((entry) => is(entry, PgTable))
  .flatMap((table) => {
    const config = getTableConfig(table);
    return config.columns.map((column) => ({ name: `${config.name}.${column.name}`, column }));
  });

describe("the schema", () => {
  it("has no column that is named like a secret and is not sealed", () => {
    expect(columns.length).toBeGreaterThan(150);
    const suspect = columns
      .filter(
        ({ name, column }) => NAMED_LIKE_A_SECRET.test(name.split(".")[1] ?? "") && !isSecretText(column),
      )
      .map(({ name }) => name);
    expect(suspect.sort()).toEqual(Object.keys(NO_SECRETS).sort());
  });

  it("finds every sealed column for rotation, with what its secrets are bound to", () => {
    const sealed = columns.filter(({ column }) => isSecretText(column)).map(({ name }) => name);
    expect(sealed.length).toBeGreaterThan(4);
    expect(secretColumns().map(({ name }) => name)).toEqual(sealed);
    expect(Object.keys(makers).sort(), "say below how a secret comes into each column").toEqual(
      sealed.sort(),
    );
  });

  it.each(secretColumns())("$name refuses plain text before it reaches the database", ({ sealed }) => {
    for (const plain of [
      "passphrase",
      "",
      "1.deadbeef.",
      "1.deadbeef.short",
      `x1.deadbeef.${"A".repeat(60)}`,
    ])
      expect(() => sealed.mapToDriverValue(plain)).toThrow("plain text was about to be stored");
  });
});

/** Stores one secret in each column, by the product's own operations where they need no other program. */
const makers: Record<string, (ctx: Ctx, nth: number) => Promise<unknown>> = {
  "repositories.passphrase_sealed": async (ctx, nth) => {
    const { id } = await enrolledClient(ctx, `web-0${nth}`);
    return readyRepository(ctx, id);
  },
  "repositories.key_sealed": async (ctx, nth) => {
    const rows = await ctx.db.select({ id: repositories.id }).from(repositories).orderBy(repositories.id);
    const id = rows[nth]?.id ?? "";
    const keySealed = sealSecret("key", { table: "repositories", column: "key_sealed", rowId: id });
    await ctx.db.update(repositories).set({ keySealed }).where(eq(repositories.id, id));
  },
  "repository_imports.passphrase_sealed": async (ctx, nth) => {
    const [client] = await ctx.db.select({ id: clients.id }).from(clients);
    await insertImport(ctx, {
      ...{ id: `import${nth}`, clientId: client?.id ?? "", candidateId: null, location: "main" },
      ...{ folder: "old", name: "old", passphrase: "of old", key: null },
    });
  },
  "repository_imports.key_sealed": async (ctx, nth) => {
    const id = `import${nth}`;
    const keySealed = sealSecret("key", { table: "repository_imports", column: "key_sealed", rowId: id });
    await ctx.db.update(repositoryImports).set({ keySealed }).where(eq(repositoryImports.id, id));
  },
  "key_escrows.key_sealed": async (ctx, nth) => {
    const rows = await ctx.db.select({ id: repositories.id }).from(repositories).orderBy(repositories.id);
    const repositoryId = rows[nth]?.id ?? "";
    const keySealed = sealSecret("key", { table: "key_escrows", column: "key_sealed", rowId: repositoryId });
    await ctx.db
      .insert(keyEscrows)
      .values({ repositoryId, keySealed, configSha256: "none", escrowedAt: ctx.now });
  },
  "totp_factors.secret_sealed": async (ctx, nth) => {
    const userId = `person${nth}`;
    await ctx.db.insert(users).values({
      ...{ id: userId, email: `${userId}@example.test`, name: userId, role: "user", createdAt: ctx.now },
    });
    const place = { table: "totp_factors", column: "secret_sealed", rowId: userId };
    const secretSealed = sealSecret("totp", place);
    await ctx.db.insert(totpFactors).values({ userId, secretSealed, createdAt: ctx.now });
  },
  "settings.secret_sealed": async (ctx, nth) =>
    nth === 0
      ? saveSetting(ctx, {
          name: "mail",
          value: { host: "", port: 25, security: "none", user: "", from: "" },
          secret: "smtp",
        })
      : ensurePushKeys(ctx),
  "alert_channels.secret_sealed": async (ctx, nth) =>
    nth === 0
      ? saveChannel(ctx, {
          ...{ kind: "webhook", name: "Hook", to: [], chat: "", everyMinutes: 5, planId: null },
          ...{ minSeverity: "info", enabled: true, url: "https://hooks.example.org/1" },
        })
      : turnOnPush(await inBrowser(ctx), {
          ...{ endpoint: "https://push.example.org/1", p256dh: "A".repeat(87), auth: "A".repeat(22) },
          minSeverity: "info",
        }),
  "downloads.delivery_sealed": async (ctx, nth) => {
    const { db, now } = ctx;
    const [id, userId] = [`download${nth}`, `downloader${nth}`];
    await db.insert(users).values({
      ...{ id: userId, email: `${userId}@example.test`, name: userId, role: "user", createdAt: now },
    });
    const deliverySealed = sealSecret("a key of one delivery", deliveryPlace(id));
    await db.insert(downloads).values({
      ...{ id, ticketHash: id, userId, archiveId: "any", format: "zip", paths: [], fileName: "any.zip" },
      ...{ createdAt: now, expiresAt: now, deliverySealed },
    });
  },
  "parcels.passphrase_sealed": async ({ db, now }, nth) => {
    const id = `parcel${nth}`;
    const passphraseSealed = sealSecret("of a parcel", parcelPlace(id));
    await db.insert(parcels).values({ id, jobId: "any", createdAt: now, passphraseSealed });
  },
  "outgoing_mails.body_sealed": (ctx, nth) =>
    queueMail(ctx, { to: "ada@example.test", subject: "s", text: `link ${nth}`, validMinutes: 60 }),
};

/** As somebody who has just signed in. */
async function inBrowser(ctx: Ctx): Promise<Ctx> {
  const [userId, signInId] = ["browsing", "signin"];
  await ctx.db.insert(users).values({
    ...{ id: userId, email: "bo@example.test", name: "Bo", role: "user", createdAt: ctx.now },
  });
  await ctx.db.insert(signIns).values({
    ...{ id: signInId, userId, createdAt: ctx.now, lastSeenAt: ctx.now, expiresAt: ctx.now },
  });
  return { ...ctx, actor: personActor({ userId: toUserId.parse(userId), signInId }) };
}

/** A database with two secrets in every column that has them. */
async function filled() {
  const database = await testDatabase();
  await reportNode(database.ctx());
  for (const { name } of secretColumns()) for (const nth of [0, 1]) await makers[name]?.(database.ctx(), nth);
  const stored = async ({ table, sealed, rowId }: SecretColumn) =>
    database.pool.db
      .select({ id: sql<string>`${rowId}`, text: sql<string>`${sealed}` })
      .from(table)
      .orderBy(rowId);
  /** Past the driver: as somebody would who can write to the database. */
  const plant = async ({ table, sealed, rowId }: SecretColumn, id: string, text: string) => {
    await database.pool.db.execute(
      sql`update ${table} set ${sql.identifier(sealed.name)} = ${text} where ${rowId} = ${id}`,
    );
  };
  const verify = (keys: readonly [AppKey, ...AppKey[]] = appKeys()) => verifySecrets(database.ctx(), keys);
  return { database, stored, plant, verify };
}

describe("a stored secret", () => {
  it("opens at its place", async () => {
    const { verify } = await filled();
    expect(await verify()).toEqual({
      secrets: secretColumns().length * 2,
      byKey: { [appKeys()[0].id]: secretColumns().length * 2 },
      broken: [],
    });
  });

  it("opens at no other: in another row or another column it is refused and named", async () => {
    const { stored, plant, verify } = await filled();
    const all = secretColumns();
    for (const [at, column] of all.entries()) {
      const [one, two] = await stored(column);
      const [foreign] = await stored(all[(at + 1) % all.length] ?? column);
      if (!one || !two || !foreign) throw new Error(`${column.name} holds too little`);
      await plant(column, one.id, two.text);
      await plant(column, two.id, foreign.text);
      const { broken } = await verify();
      expect(broken.map(({ rowId }) => rowId).sort()).toEqual([one.id, two.id].sort());
      for (const { table, column: name, why } of broken) {
        expect(`${table}.${name}`).toBe(column.name);
        expect(why).toMatch(/was changed or belongs to another row/);
      }
      await plant(column, one.id, one.text);
      await plant(column, two.id, two.text);
    }
    expect((await verify()).broken).toEqual([]);
  });

  it("is refused by name when it is plain text, and not told", async () => {
    const { stored, plant, verify } = await filled();
    for (const column of secretColumns()) {
      const [one] = await stored(column);
      await plant(column, one?.id ?? "", "plain-text-secret");
      const { broken, byKey } = await verify();
      expect(broken).toMatchObject([
        { rowId: one?.id, why: expect.stringMatching(/not hold a sealed secret/) },
      ]);
      expect(JSON.stringify(broken)).not.toContain("plain-text-secret");
      expect(byKey.none).toBe(1);
      await plant(column, one?.id ?? "", one?.text ?? "");
    }
  });

  it("does not open with another key, and says which one is missing", async () => {
    const { verify } = await filled();
    const { broken, secrets } = await verify(readAppKeys(randomBytes(32).toString("base64")));
    expect(broken).toHaveLength(secrets);
    for (const { why } of broken)
      expect(why).toContain(`key ${appKeys()[0].id}, which APP_KEY does not hold`);
  });
});
