import { join } from "node:path";
import type { Env } from "~/env";
import type { Account } from "./accounts";
import type { Runtime } from "./install-runtime";
import { answersHttps, answersOnSocket, greetsOnPort, type LaunchOptions, launch } from "./launch";
import { lastLine } from "./postgres";
import type { Program } from "./supervise";

/** What the programs need to know, found out before any of them starts. */
export interface Setting {
  env: Env;
  /** Variables that each program of ours gets beside its settings. */
  environment: Record<string, string>;
  runtime: Runtime;
  databaseUrl: string;
  appKey: string;
  /** `host:port` under which storage nodes reach the web program of this machine. */
  internalAddress: string;
  /** Null for a certificate that the public roots vouch for. */
  tlsFingerprint: string | null;
  /** Accounts of their own as root; null without, then all run as this process. */
  accounts: { web: Account; worker: Account; postgres: Account } | null;
}

/** Environment of every program of ours: the settings as given, with nothing else of the terminal that started us. */
function sharedEnvironment({ env, environment }: Setting): Record<string, string> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    BBS_DATA: env.data,
    LISTEN: env.listen,
    PORT: String(env.port),
    SSH_PORT: String(env.sshPort),
    SSH_HOST: env.sshHost,
    APP_URL: env.appUrl,
    BBS_BORG: env.borg,
    BBS_SSHD: env.sshd,
    LOG_LEVEL: env.logLevel,
    ...environment,
  };
}

/** Roots of one's own, for the programs that connect out. */
function trustedRoots({ extraCaCerts }: Env): Record<string, string> {
  return extraCaCerts ? { NODE_EXTRA_CA_CERTS: extraCaCerts } : {};
}

/** The keeper: root (or the one account), no database, no key. */
export function keeperProgram(setting: Setting): Program {
  const group: Record<string, string> = setting.accounts
    ? { BBS_WORKER_GROUP: String(setting.accounts.worker.gid) }
    : {};
  return program(setting, "keeper", {
    account: null,
    env: { ...sharedEnvironment(setting), ...group },
    isReady: () => answersOnSocket(setting.env.keeperSocket),
  });
}

/** Our sshd, with the configuration that was just written for it. */
export function sshdProgram(setting: Setting, written: { command: string; args: string[] }): Program {
  const { sshPort, listen } = setting.env;
  return {
    ...program(setting, "sshd", {
      ...written,
      account: null,
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
      isReady: () => greetsOnPort(sshPort, listen, "SSH-2.0"),
    }),
    endDescendants: true,
  };
}

export function workerProgram(setting: Setting): Program {
  const startedAt = { ms: 0 };
  return program(setting, "worker", {
    account: setting.accounts?.worker ?? null,
    groups: setting.accounts ? [setting.accounts.postgres.gid] : [],
    env: {
      ...sharedEnvironment(setting),
      ...trustedRoots(setting.env),
      ...catalogElsewhere(setting.env),
      DATABASE_URL: setting.databaseUrl,
      APP_KEY: setting.appKey,
      BBS_RELEASES: join(setting.runtime.folder, "dist"),
    },
    // It has no port to ask: one that lives for a moment has read its settings and reached the database.
    isReady: async () => {
      startedAt.ms ||= Date.now();
      const ready = Date.now() - startedAt.ms > 300;
      if (ready) startedAt.ms = 0;
      return ready;
    },
  });
}

export function webProgram(setting: Setting): Program {
  const { env, accounts, runtime } = setting;
  const proxied: Record<string, string> =
    env.trustedProxies.length > 0 ? { TRUSTED_PROXIES: env.trustedProxies.join(",") } : {};
  const given: Record<string, string> =
    env.tlsCert && env.tlsKey ? { TLS_CERT: env.tlsCert, TLS_KEY: env.tlsKey } : {};
  const pinned: Record<string, string> = setting.tlsFingerprint
    ? { BBS_TLS_FINGERPRINT: setting.tlsFingerprint }
    : {};
  return program(setting, "web", {
    account: accounts?.web ?? null,
    groups: accounts ? [accounts.postgres.gid] : [],
    lowPorts: accounts !== null && env.port < 1024,
    env: {
      ...sharedEnvironment(setting),
      ...trustedRoots(env),
      ...triesElsewhere(env),
      ...catalogElsewhere(env),
      ...proxied,
      ...given,
      ...pinned,
      INTERNAL_ADDRESS: setting.internalAddress,
      DATABASE_URL: setting.databaseUrl,
      APP_KEY: setting.appKey,
      BBS_RELEASES: join(runtime.folder, "dist"),
      NEXT_TELEMETRY_DISABLED: "1",
    },
    isReady: () => answersHttps(env.port, env.listen, "/api/health"),
  });
}

/** Where tries are counted when not in PostgreSQL. */
function triesElsewhere({ redisUrl, upstash }: Env): Record<string, string> {
  if (redisUrl) return { REDIS_URL: redisUrl };
  if (!upstash) return {};
  return { UPSTASH_REDIS_REST_URL: upstash.url, UPSTASH_REDIS_REST_TOKEN: upstash.token };
}

/** Where the catalog stands when not with everything else. */
function catalogElsewhere({ catalogDatabaseUrl }: Env): Record<string, string> {
  return catalogDatabaseUrl ? { CATALOG_DATABASE_URL: catalogDatabaseUrl } : {};
}

type Given = Pick<LaunchOptions, "account" | "groups" | "lowPorts" | "env" | "isReady"> &
  Partial<Pick<LaunchOptions, "command" | "args">>;

function program(setting: Setting, name: string, given: Given): Program {
  const logFile = join(setting.env.data, "log", `${name}.log`);
  return {
    name,
    launch: () =>
      launch({
        command: setting.runtime.node,
        args: ["--enable-source-maps", setting.runtime.program(name)],
        cwd: "/",
        ...given,
        name,
        logFile,
      }),
    lastWords: () => lastLine(logFile),
    stopSignal: "SIGTERM",
    stopLimitMs: 6_000,
  };
}
