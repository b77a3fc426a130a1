import type { Socket } from "node:net";
import { createTransport } from "nodemailer";
import type SMTPTransport from "nodemailer/lib/smtp-transport";
import { Refusal } from "~/domain/refusal";
import type { Setting } from "~/domain/settings";
import { storableText } from "~/domain/storable-text";
import { env } from "~/env";
import type { Ctx } from "../context";
import { OutgoingProblem } from "../outgoing/outgoing-problem";
import { openSettingSecret, readSetting } from "../settings/read-setting";
import { connectToServer } from "./connect-to-server";
import { readSender } from "./mail-address";

/** How long a try may take in all: a server that answers a byte a minute must not hold the queue. Below the lease of a claimed mail. */
const TIME_LIMIT_MS = 60_000;
const CONNECT_MS = 15_000;
const SILENCE_MS = 30_000;

/** Longest word of a mail server that is kept. */
const LONGEST_PROBLEM = 500;

export interface MailProblem {
  /** For the person, with the server's own words. */
  say: string;
  /** Trying again cannot help: the server refuses this recipient or this text. */
  forGood: boolean;
}

/**
 * Gives one mail to the server of the settings; null: it has taken it. Everything that goes wrong on the way is an answer, never an error:
 * it belongs to the mail. TLS is verified against the public roots (and NODE_EXTRA_CA_CERTS); with STARTTLS nothing is said before it.
 * `trust`: a further root, in tests.
 */
export async function deliverMail(
  ctx: Ctx,
  mail: { id: string; recipient: string; subject: string; text: string },
  given: { trust?: string; timeLimitMs?: number },
): Promise<MailProblem | null> {
  const setting = await readSetting(ctx, "mail");
  const sender = readSender(setting.from);
  if (setting.host === "" || !sender)
    return { say: "No mail server is set up. An admin does that in Settings, Mail.", forGood: false };
  const password = await openSettingSecret(ctx, "mail");
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const connection = await connectToServer(ctx, setting, CONNECT_MS);
    socket = connection;
    const { timeLimitMs = TIME_LIMIT_MS } = given;
    timer = setTimeout(() => {
      connection.destroy(new Error(`it took longer than ${Math.round(timeLimitMs / 1000)} s`));
    }, timeLimitMs);
    await createTransport({ ...transportOptions(setting, password, given.trust), connection }).sendMail({
      from: sender,
      to: { name: "", address: mail.recipient },
      subject: mail.subject,
      text: mail.text,
      messageId: `<${mail.id}@${new URL(env().appUrl).hostname}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return null;
  } catch (error) {
    return problemOf(error, setting, password);
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

function transportOptions(
  setting: Setting<"mail">,
  password: string | null,
  trust: string | undefined,
): SMTPTransport.Options {
  const { host, port, security, user } = setting;
  return {
    ...{ host, port, name: new URL(env().appUrl).hostname },
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === "" ? {} : { auth: { user, pass: password ?? "" } }),
    tls: {
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      ...(trust === undefined ? {} : { ca: trust }),
    },
    ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    // What a mail says comes from people; none of it is a file or an address to fetch.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  };
}

/** A refusal of the guard speaks for itself. nodemailer's errors carry the server's line as `response` and its number as `responseCode`. */
function problemOf(error: unknown, setting: Setting<"mail">, password: string | null): MailProblem {
  if (error instanceof Refusal || error instanceof OutgoingProblem) return { say: error.say, forGood: false };
  const field = (name: string): unknown => Reflect.get(Object(error), name);
  const [response, status, step] = [field("response"), field("responseCode"), field("code")];
  const words =
    typeof response === "string" && response !== ""
      ? `The mail server ${step === "ETLS" ? "does not take STARTTLS" : "answered"}: ${response}`
      : `${setting.host}, port ${setting.port}: ${error instanceof Error ? error.message : String(error)}`;
  const masked = password ? words.replaceAll(password, "***") : words;
  // A wrong password or a certificate is mended in the settings; a refused recipient or text stays refused.
  const forGood =
    typeof status === "number" && status >= 500 && (step === "EENVELOPE" || step === "EMESSAGE");
  return { say: storableText(masked.slice(0, LONGEST_PROBLEM)), forGood };
}
