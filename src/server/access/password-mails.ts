import { env } from "~/env";

interface Mail {
  to: string;
  subject: string;
  text: string;
  validMinutes: number;
}

/** Minutes a link to a new password works, and its mail is tried. */
export const RESET_MINUTES = 60;

/** The link to a new password. */
export function resetLinkMail(person: { email: string; name: string }, url: string): Mail {
  return {
    to: person.email,
    subject: "A new password for Borg Backup Server",
    text: `Hello ${oneLine(person.name)},

somebody asked for a new password for your account on ${server()}.

Open this link to choose one. It works once and for one hour:

${url}

If it was not you, do nothing: your password stays as it is.
`,
    validMinutes: RESET_MINUTES,
  };
}

/** For accounts that sign in otherwise: a link would give them a second way in that nobody has decided on. */
export function noPasswordMail(person: { email: string; name: string }): Mail {
  return {
    to: person.email,
    subject: "Your account on Borg Backup Server has no password",
    text: `Hello ${oneLine(person.name)},

somebody asked for a new password for your account on ${server()}.

Your account has no password. Sign in with your passkey or through your organisation, as before. If you cannot, ask an admin.
`,
    validMinutes: RESET_MINUTES,
  };
}

/** After the fact, so that nobody's password is changed unseen. */
export function passwordChangedMail(person: { email: string; name: string }): Mail {
  return {
    to: person.email,
    subject: "Your password for Borg Backup Server was changed",
    text: `Hello ${oneLine(person.name)},

the password of your account on ${server()} was changed. Other devices are signed out.

If it was not you, ask an admin at once: somebody else can sign in as you.
`,
    validMinutes: 24 * 60,
  };
}

/** Without `https://`: the one address in a mail that can be clicked is the link. */
const server = () => new URL(env().appUrl).host;

/** A name cannot end a line: it would write the rest of the mail. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
