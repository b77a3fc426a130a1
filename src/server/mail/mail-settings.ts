import { Refusal } from "~/domain/refusal";
import type { Setting } from "~/domain/settings";
import { env } from "~/env";
import type { Ctx } from "../context";
import { hasSettingSecret, readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";
import { isMailSetUp } from "./is-mail-set-up";
import { readSender } from "./mail-address";
import { queueMail } from "./queue-mail";

/** What an admin sees: everything but the password, of which only whether there is one. */
export async function getMailSettings(ctx: Ctx): Promise<Setting<"mail"> & { hasPassword: boolean }> {
  return { ...(await readSetting(ctx, "mail")), hasPassword: await hasSettingSecret(ctx, "mail") };
}

/** `keep` leaves the password as it is, null takes it away. */
export type PasswordChange = { set: string } | "keep" | null;

/**
 * Saves how mail leaves; an empty host switches it off. Refuses `invalid-input` for a host or sender that is none, for a password without
 * TLS (it would cross the network in the clear), and for keeping the password while host, port or user change: a server somebody else
 * names would be given it.
 */
export async function saveMailSettings(
  ctx: Ctx,
  input: { value: Setting<"mail">; password: PasswordChange },
): Promise<void> {
  const { value, password } = input;
  await ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const before = await getMailSettings(within);
    demandUsable(value);
    const keeps = password === "keep" && before.hasPassword;
    const elsewhere = value.host !== before.host || value.port !== before.port || value.user !== before.user;
    if (keeps && elsewhere && value.host !== "")
      throw new Refusal("invalid-input", {
        say: "The stored password belongs to the server and user of before. Type it again, or take it away.",
      });
    if (value.security === "none" && value.host !== "" && (keeps || isNew(password)))
      throw new Refusal("invalid-input", {
        say: "Without encryption the password could be read on the way. Choose STARTTLS or TLS, or take the password away.",
      });
    const secret = password === "keep" ? undefined : password === null ? null : password.set;
    await saveSetting(within, { name: "mail", value, secret });
  });
}

/** Queues a mail that says that mail works; its state tells what came of it. Tried once: whoever waits for it wants to know. */
export async function sendTestMail(ctx: Ctx, input: { to: string }): Promise<{ id: string }> {
  if (!(await isMailSetUp(ctx)))
    throw new Refusal("invalid-input", { say: "Save a mail server and a sender first." });
  return queueMail(ctx, {
    to: input.to,
    subject: "Test mail from Borg Backup Server",
    text: `Mail of Borg Backup Server on ${new URL(env().appUrl).host} arrives.\n`,
    validMinutes: 1,
  });
}

const isNew = (password: PasswordChange) => password !== null && password !== "keep";

function demandUsable({ host, from, user }: Setting<"mail">): void {
  if (host === "") return;
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$/.test(host))
    throw new Refusal("invalid-input", {
      say: "The mail server is a host name or an address, without port.",
    });
  if (!readSender(from))
    throw new Refusal("invalid-input", {
      say: "The sender is an address, or a name and an address: Backup <backup@example.org>.",
    });
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(user))
    throw new Refusal("invalid-input", { say: "The user is one line." });
}
