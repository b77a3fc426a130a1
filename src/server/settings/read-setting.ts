import { eq } from "drizzle-orm";
import { SETTINGS, type Setting, type SettingName } from "~/domain/settings";
import type { Ctx } from "../context";
import { settings } from "../db/schema/settings";
import { openSecret, type SecretPlace } from "../secrets/seal-secret";

/** A setting as an admin has saved it; what is missing is its default. */
export async function readSetting<N extends SettingName>(ctx: Pick<Ctx, "db">, name: N): Promise<Setting<N>> {
  const [row] = await ctx.db.select({ value: settings.value }).from(settings).where(eq(settings.name, name));
  return SETTINGS[name].parse(row?.value ?? {}) as Setting<N>;
}

/** The secret that belongs to a setting, in the clear; null when there is none. Never for a person. */
export async function openSettingSecret(ctx: Pick<Ctx, "db">, name: SettingName): Promise<string | null> {
  const [row] = await ctx.db
    .select({ sealed: settings.secretSealed })
    .from(settings)
    .where(eq(settings.name, name));
  return row?.sealed ? openSecret(row.sealed, settingSecretPlace(name)) : null;
}

/** Whether there is a secret with a setting, without opening it. */
export async function hasSettingSecret(ctx: Pick<Ctx, "db">, name: SettingName): Promise<boolean> {
  const [row] = await ctx.db
    .select({ sealed: settings.secretSealed })
    .from(settings)
    .where(eq(settings.name, name));
  return Boolean(row?.sealed);
}

export function settingSecretPlace(name: SettingName): SecretPlace {
  return { table: "settings", column: "secret_sealed", rowId: name };
}
