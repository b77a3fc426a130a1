import { z } from "zod";
import { PRESETS } from "./permission";
import { blackout } from "./schedule";
import { isZone } from "./zone";

/** The settings that admins change in the console, each a row with a value; a secret that belongs to one is sealed beside it. */
/** Base64 of 32 bytes, as protocol/release has it; a rule imports no wire. */
const releaseKey = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, "This is no release key.");
export const MOST_RELEASE_KEYS = 4;

export const SETTINGS = {
  /** How people sign in. */
  "sign-in": z.object({
    /** Nobody may do anything before a second factor is set up. */
    requireSecondFactor: z.boolean().default(false),
    /** A sign-in ends when nothing was asked with it for so long. */
    idleMinutes: z
      .number()
      .int()
      .min(5)
      .max(43_200)
      .default(24 * 60),
    /** And in any case after so long. */
    absoluteHours: z
      .number()
      .int()
      .min(1)
      .max(2160)
      .default(24 * 7),
    /** E-mail and password, and passkeys. Off: OpenID Connect only; `bbs-admin local-sign-in on` is the way back. */
    localSignIn: z.boolean().default(true),
  }),
  /** OpenID Connect; its secret is the client secret. */
  oidc: z.object({
    enabled: z.boolean().default(false),
    /** What the button says: "Sign in with <label>". */
    label: z.string().trim().max(40).default("OpenID Connect"),
    issuer: z.string().max(500).default(""),
    clientId: z.string().max(200).default(""),
    /** People whom nobody has invited. */
    newPeople: z.enum(["deny", "pending", "let-in"]).default("deny"),
    /** What they get for all clients when they are let in. */
    preset: z
      .enum(Object.keys(PRESETS) as [keyof typeof PRESETS, ...(keyof typeof PRESETS)[]])
      .default("viewer"),
  }),
  /** How mail leaves; its secret is the password. */
  mail: z.object({
    host: z.string().trim().max(253).default(""),
    port: z.number().int().min(1).max(65_535).default(587),
    security: z.enum(["tls", "starttls", "none"]).default("starttls"),
    user: z.string().max(200).default(""),
    from: z.string().trim().max(200).default(""),
  }),
  /** Where the head of the journal goes once a day, so that a rewritten one shows. */
  "journal-anchor": z.object({
    mailTo: z.string().trim().max(200).default(""),
    postTo: z.string().trim().max(500).default(""),
  }),
  /** How many backups and restores run at once; each of the two is counted for itself, but for a client together. */
  queue: z.object({
    mostOnServer: z.number().int().min(1).max(10_000).default(200),
    /** Each is a process of borg on the storage machine, with some hundred megabytes for a large repository. */
    mostPerNode: z.number().int().min(1).max(1000).default(20),
    mostPerClient: z.number().int().min(1).max(10).default(2),
  }),
  /** Serious and critical alerts that nobody has acknowledged for so long are told once more, to every channel; zero: never. */
  alerts: z.object({ escalateHours: z.number().int().min(0).max(168).default(4) }),
  /** The public half of the key by which browsers know that a message is of this server (VAPID, RFC 8292); its secret is the private half. Empty: not made yet. */
  push: z.object({ publicKey: z.string().max(200).default("") }),
  /** The public half of the key that signs certificates of restore drills (Ed25519, base64 of its 32 bytes); its secret is the private half. Empty: not made yet. */
  certificates: z.object({ publicKey: z.string().max(100).default("") }),
  /** The public half of the key that backups of this server itself are encrypted to (X25519, base64 of its 32 bytes). Its other half is on paper only. Empty: not made yet. */
  "recovery-key": z.object({
    publicKey: z.string().max(100).default(""),
    madeAt: z.string().max(40).default(""),
  }),
  /** Internal names and address ranges that outgoing connections may reach all the same (mail relays, providers inside). */
  outgoing: z.object({ allowed: z.array(z.string().trim().min(1).max(253)).max(100).default([]) }),
  /** Where releases come from, and whose are believed. */
  updates: z.object({
    /** Asked once a day; empty: never. */
    feedUrl: z
      .string()
      .trim()
      .max(500)
      .refine(
        (url) => url === "" || (/^https?:\/\/\S+$/.test(url) && URL.canParse(url)),
        "Use an address that begins with https://.",
      )
      .default(""),
    /** Also releases of the channel beta. */
    beta: z.boolean().default(false),
    /** Public keys, the oldest first; new machines pin the last. Without any no release is taken in. */
    releaseKeys: z.array(releaseKey).max(MOST_RELEASE_KEYS).default([]),
  }),
  /** When the server looks after repositories by itself. */
  maintenance: z.object({
    /** Outside of them nothing begins by itself; none at all: any time. */
    windows: z.array(blackout).max(20).default([]),
    /** IANA name; of the windows. */
    zone: z.string().min(1).max(60).refine(isZone, "This is no time zone.").default("UTC"),
    /** Every byte of every repository is read again within so many days. */
    rollingChecks: z.boolean().default(true),
    checkEveryDays: z.number().int().min(2).max(365).default(30),
    /** At most so long per repository and day. */
    budgetMinutes: z.number().int().min(1).max(1440).default(30),
    /** Days between two compactions of one repository, where the trash holds something that is due. */
    compactEveryDays: z.number().int().min(1).max(90).default(1),
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Setting<N extends SettingName> = z.output<(typeof SETTINGS)[N]>;
