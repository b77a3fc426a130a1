import type { Socket } from "node:net";
import { generate } from "selfsigned";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import type { Setting } from "~/domain/settings";
import { freePort } from "./free-port";

/** A mail as the server got it. */
export interface TakenMail {
  from: string;
  to: string[];
  /** Headers and text as they came. */
  raw: string;
  overTls: boolean;
  user: string | null;
}

export interface MailServer {
  port: number;
  /** Its certificate, which nobody trusts unless told so. */
  certificate: string;
  taken: TakenMail[];
  /** What was said to it before a refusal; for tests that nothing was. */
  greeted: number;
  /** Called for each mail when its text has come, before it is answered; by default it is taken. */
  answer: (mail: TakenMail) => Promise<void> | void;
  /** Settings of ours that fit it. */
  setting(given?: Partial<Setting<"mail">>): Setting<"mail">;
  stop(): Promise<void>;
  /** Drops every connection without a word. */
  die(): void;
}

export const MAIL_USER = { user: "backup", password: "a secret of the mail server" };

/** An error with the number that the server answers. */
export function refuseMail(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}

/**
 * A real SMTP server on loopback. `security` as our settings call it. `auth`: wants {@link MAIL_USER}. Addresses that begin with `nobody@`
 * are refused for good. One certificate serves all servers of a test file but those with `ownCertificate`.
 */
export async function startMailServer(
  given: { security?: Setting<"mail">["security"]; auth?: boolean; ownCertificate?: boolean } = {},
): Promise<MailServer> {
  const { security = "starttls", auth = false } = given;
  const { key, cert } = await (given.ownCertificate ? newCertificate() : certificate());
  const port = await freePort();
  const server = new SMTPServer({
    ...{ key, cert, name: "mail.example.test", disableReverseLookup: true, closeTimeout: 100 },
    secure: security === "tls",
    disabledCommands: [...(security === "none" ? ["STARTTLS"] : []), ...(auth ? [] : ["AUTH"])],
    authOptional: !auth,
    onAuth({ username, password }, _, done) {
      if (username === MAIL_USER.user && password === MAIL_USER.password) done(null, { user: username });
      else done(refuseMail(535, `5.7.8 Authentication failed for ${username} with ${password}`));
    },
    onConnect(_, done) {
      mail.greeted += 1;
      done();
    },
    onRcptTo({ address }, _, done) {
      done(address.startsWith("nobody@") ? refuseMail(550, "5.1.1 No such mailbox here") : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const one = takenOf(session, Buffer.concat(chunks).toString("utf8"));
        Promise.resolve(mail.answer(one)).then(
          () => {
            mail.taken.push(one);
            done();
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  const sockets = new Set<Socket>();
  server.server.on("connection", (socket: Socket) => sockets.add(socket));
  // Clients that break off are part of what is tested.
  server.on("error", () => {});
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const mail: MailServer = {
    ...{ port, certificate: cert, taken: [], greeted: 0, answer: () => {} },
    setting: (more = {}) => ({
      ...{ host: "localhost", port, security, user: auth ? MAIL_USER.user : "" },
      from: "Backup <backup@example.test>",
      ...more,
    }),
    stop: () => new Promise((closed) => server.close(() => closed())),
    die: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  return mail;
}

let made: ReturnType<typeof newCertificate> | undefined;

function certificate(): ReturnType<typeof newCertificate> {
  made ??= newCertificate();
  return made;
}

async function newCertificate(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    ...{ keySize: 2048, algorithm: "sha256" },
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [{ type: 2, value: "localhost" }],
      },
    ],
  });
  return { key, cert };
}

function takenOf(session: SMTPServerSession, raw: string): TakenMail {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom ? mailFrom.address : "",
    to: rcptTo.map(({ address }) => address),
    raw,
    overTls: session.secure,
    user: session.user ?? null,
  };
}

/** The text of a mail with its transfer encoding undone. */
export function textOf(mail: TakenMail | undefined): string {
  const [headers = "", ...body] = (mail?.raw ?? "").split("\r\n\r\n");
  const text = body.join("\r\n\r\n");
  if (/^content-transfer-encoding: base64/im.test(headers))
    return Buffer.from(text, "base64").toString("utf8");
  if (!/^content-transfer-encoding: quoted-printable/im.test(headers)) return text;
  const bytes = text
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
