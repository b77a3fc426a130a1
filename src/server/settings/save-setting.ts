import { eq } from "drizzle-orm";
import { SETTINGS, type Setting, type SettingName } from "~/domain/settings";
import type { Ctx } from "../context";
import { settings } from "../db/schema/settings";
import { appendEntry } from "../journal/append-entry";
import { sealSecret } from "../secrets/seal-secret";
import { settingSecretPlace } from "./read-setting";

/**
 * Saves a setting and journals it with before and after. `secret`: a new one, null takes it away, undefined leaves it; the journal tells
 * only that it was changed. `say`: another sentence for the journal. For admins and `bbs-admin`: the caller has asked who may.
 */
export async function saveSetting<N extends SettingName>(
  ctx: Ctx,
  input: { name: N; value: Setting<N>; secret?: string | null | undefined; say?: string },
): Promise<void> {
  const { name, secret } = input;
  const value = SETTINGS[name].parse(input.value);
  await ctx.db.transaction(async (tx) => {
    const [before] = await tx.select().from(settings).where(eq(settings.name, name)).for("update");
    const secretSealed =
      secret === undefined
        ? (before?.secretSealed ?? null)
        : secret === null
          ? null
          : sealSecret(secret, settingSecretPlace(name));
    const row = { value, secretSealed, changedAt: ctx.now };
    await tx
      .insert(settings)
      .values({ name, ...row })
      .onConflictDoUpdate({ target: settings.name, set: row });
    await appendEntry(
      { ...ctx, db: tx },
      {
        action: "settings.changed",
        say: input.say ?? `Changed the settings of ${name}.`,
        detail: {
          setting: name,
          before: before?.value ?? null,
          after: value,
          secretChanged: secret !== undefined,
        },
      },
    );
  });
}
