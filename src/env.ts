import { homedir, hostname } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";

/**
 * The only reader of the environment. Edit when a setting is added; .env.example explains each one to the person who sets it.
 * Programs started by the supervisor get the same variables with DATABASE_URL and APP_KEY filled in.
 */
const port = z.coerce.number().int().min(1).max(65535);
const asRoot = process.getuid?.() === 0;

const settings = z
  .object({
    BBS_DATA: z
      .string()
      .min(1)
      .default(asRoot ? "/var/bbs" : "./data")
      .transform((path) => resolve(path)),
    LISTEN: z.string().default("0.0.0.0"),
    PORT: port.default(3000),
    SSH_PORT: port.default(2222),
    SSH_HOST: z.string().min(1).optional(),
    APP_URL: z.url({ protocol: /^https?$/ }).optional(),
    INTERNAL_ADDRESS: z
      .string()
      .regex(/^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/, "must be a host, or host:port")
      .optional(),
    TRUSTED_PROXIES: z
      .string()
      .default("")
      .transform((list) =>
        list
          .split(",")
          .map((entry) => entry.trim())
          .filter(Boolean),
      ),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
      .optional(),
    CATALOG_DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
      .optional(),
    APP_KEY: z.string().optional(),
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\//, "must start with redis:// or rediss://")
      .optional(),
    UPSTASH_REDIS_REST_URL: z.url({ protocol: /^https?$/ }).optional(),
    UPSTASH_REDIS_REST_TOKEN: z.string().optional(),
    BBS_BORG: z.string().min(1).default("borg"),
    BBS_WORKER_GROUP: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$|^\d+$/)
      .optional(),
    BBS_SSHD: z.string().min(1).default("/usr/sbin/sshd"),
    TLS_CERT: z.string().optional(),
    TLS_KEY: z.string().optional(),
    BBS_TLS_FINGERPRINT: z.string().optional(),
    BBS_RELEASES: z
      .string()
      .min(1)
      .default("./dist")
      .transform((path) => resolve(path)),
    NODE_EXTRA_CA_CERTS: z.string().min(1).optional(),
    SECURITY_CONTACT: z
      .string()
      .regex(
        /^(mailto:)?[^\s@:/]+@[^\s@:/]+$|^https:\/\/\S+$/,
        "must be an e-mail address or an https:// page",
      )
      .transform((contact) => (/^(mailto|https):/.test(contact) ? contact : `mailto:${contact}`))
      .optional(),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  })
  .refine((given) => !given.UPSTASH_REDIS_REST_URL === !given.UPSTASH_REDIS_REST_TOKEN, {
    path: ["UPSTASH_REDIS_REST_URL"],
    message: "goes with UPSTASH_REDIS_REST_TOKEN, set both or none",
  })
  .refine((given) => !(given.REDIS_URL && given.UPSTASH_REDIS_REST_URL), {
    path: ["REDIS_URL"],
    message: "set it or the two of Upstash, not both",
  })
  .transform((given) => ({
    data: given.BBS_DATA,
    listen: given.LISTEN,
    port: given.PORT,
    sshPort: given.SSH_PORT,
    /** Where people and agents reach the console, without a trailing slash. */
    appUrl: (given.APP_URL ?? `https://${hostname()}:${given.PORT}`).replace(/\/+$/, ""),
    /** Host name that agents use for SSH. */
    sshHost: given.SSH_HOST ?? new URL(given.APP_URL ?? `https://${hostname()}`).hostname,
    /** How storage nodes reach this web server. Undefined: by what the supervisor finds. */
    internalAddress: given.INTERNAL_ADDRESS,
    trustedProxies: given.TRUSTED_PROXIES,
    /** Undefined: the supervisor brings up the embedded PostgreSQL. */
    databaseUrl: given.DATABASE_URL,
    /** Undefined: the catalog of files stands with everything else. */
    catalogDatabaseUrl: given.CATALOG_DATABASE_URL,
    /** `base64 of 32 bytes`, newest first, older ones behind commas. Undefined: made on first start under BBS_DATA. */
    appKey: given.APP_KEY,
    /** Where tries are counted (rate limits). Neither: in PostgreSQL. */
    redisUrl: given.REDIS_URL,
    upstash:
      given.UPSTASH_REDIS_REST_URL && given.UPSTASH_REDIS_REST_TOKEN
        ? { url: given.UPSTASH_REDIS_REST_URL, token: given.UPSTASH_REDIS_REST_TOKEN }
        : null,
    borg: given.BBS_BORG,
    /** Group, by name or number, that may open the keeper's socket. Undefined: the keeper's own account only. */
    workerGroup: given.BBS_WORKER_GROUP,
    sshd: given.BBS_SSHD,
    tlsCert: given.TLS_CERT,
    tlsKey: given.TLS_KEY,
    /** SHA-256 of the certificate the web server shows, lower-case hex; filled in by the supervisor, agents pin it. */
    tlsFingerprint: given.BBS_TLS_FINGERPRINT,
    /** Folder of what machines install: bbs-agent.mjs and install.sh; filled in by the supervisor. */
    releases: given.BBS_RELEASES,
    /** File of further roots (PEM) that outgoing connections trust: node reads it by itself when a program starts. */
    extraCaCerts: given.NODE_EXTRA_CA_CERTS,
    /** Whom to tell of a vulnerability, as a URI (RFC 9116). Undefined: this installation names nobody of its own. */
    securityContact: given.SECURITY_CONTACT,
    logLevel: given.LOG_LEVEL,
    keeperSocket: `${given.BBS_DATA}/run/keeper.sock`,
  }));

export type Env = z.output<typeof settings>;

/** Thrown when a setting cannot be used; the message names each one and is meant for the person at the terminal. */
export class SettingsError extends Error {}

/** Parses settings; refuses with one clear sentence per wrong setting. */
export function readEnv(source: NodeJS.ProcessEnv): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = settings.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new SettingsError(`These settings cannot be used. ${lines.join("; ")}. See .env.example.`);
}

let current: Env | undefined;

/** The settings of this process, read once at first use. */
export function env(): Env {
  current ??= readEnv(process.env);
  return current;
}

/** Settings of the `bbs` command, which runs anywhere and needs none of the server's. */
export interface CliEnv {
  url: string | undefined;
  token: string | undefined;
  fingerprint: string | undefined;
  /** What `bbs login` keeps: `$XDG_CONFIG_HOME/bbs/config.json`, else `~/.config/bbs/config.json`. */
  configFile: string;
}

export function cliEnv(source: NodeJS.ProcessEnv = process.env): CliEnv {
  const folder = source.XDG_CONFIG_HOME || `${homedir()}/.config`;
  return {
    url: source.BBS_URL || undefined,
    token: source.BBS_TOKEN || undefined,
    fingerprint: source.BBS_FINGERPRINT || undefined,
    configFile: `${folder}/bbs/config.json`,
  };
}

/** For `bbs-admin`, which no supervisor starts: the database it works on unless DATABASE_URL names another. Before the first use of the pool. */
export function fillDatabaseUrl(url: string): void {
  current = { ...env(), databaseUrl: env().databaseUrl ?? url };
}

/** The same for the keys that `npm start` has made, unless APP_KEY is set. Before the first secret is opened. */
export function fillAppKey(keys: string): void {
  current = { ...env(), appKey: env().appKey ?? keys };
}
