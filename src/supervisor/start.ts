import { type Env, SettingsError } from "~/env";
import { isRoot } from "./accounts";
import { migrateCatalog } from "./catalog-database";
import { ensureAppKey, prepareDataFolder } from "./data-folder";
import { demandDatabase, migrateDatabase } from "./database";
import { demandFreePort } from "./demand-free-port";
import { demandKeys } from "./demand-keys";
import { demandPrograms } from "./demand-programs";
import { type EmbeddedDatabase, embeddedDatabase } from "./embedded-database";
import { installRuntime, removeOldRuntimes } from "./install-runtime";
import { internalAddress } from "./internal-address";
import { ourAccounts } from "./our-accounts";
import { claimDataFolder, endLeftovers, removePidFile } from "./pid-files";
import { keeperProgram, type Setting, sshdProgram, webProgram, workerProgram } from "./programs";
import { demandNotRecovering } from "./recover/recovering";
import { writeSshd } from "./sshd";
import { type Supervised, supervise, type Waits } from "./supervise";
import { ensureTls } from "./tls";

/** Which programs this machine runs: all, or one half where web and storage are apart (compose.yaml). */
export type Part = "web" | "storage";

/** Only given by tests: how soon what ended runs again, and variables for our programs beside their settings. */
export interface OnlyTests {
  waits?: Waits;
  environment?: Record<string, string>;
}

export interface Started {
  setting: Setting;
  parts: Part[];
  /** Ends everything in reverse order. */
  stop(): Promise<void>;
}

/**
 * Brings everything up in order: checks that refuse, leftovers of a killed start, database, keeper, sshd, worker, web. What had been
 * started is ended again when a later step fails. The checks change nothing, so a refused start can simply be repeated.
 */
export async function start(
  env: Env,
  parts: Part[],
  programRoot: string,
  say: (line: string) => void,
  { waits, environment = {} }: OnlyTests = {},
): Promise<Started> {
  const storage = parts.includes("storage");
  const web = parts.includes("web");
  if (!(storage && web) && !env.databaseUrl) {
    throw new SettingsError("Web and storage on separate machines share one database: set DATABASE_URL.");
  }
  demandNotRecovering(env.data);
  await prepareDataFolder(env.data);
  await claimDataFolder(env.data);
  const running: Supervised[] = [];
  const stop = async () => {
    for (const one of running.reverse()) await one.stop();
    await removePidFile(env.data, "supervisor");
  };
  try {
    const left = await endLeftovers(env.data, ["web", "worker", "sshd", "keeper"]);
    if (left.length > 0) say(`Ended what a killed start had left: ${left.join(", ")}.`);
    if (web) await demandFreePort("PORT", env.port, env.listen);
    if (storage) {
      await demandFreePort("SSH_PORT", env.sshPort, env.listen);
      await demandPrograms(env.borg, env.sshd);
    }
    if (env.databaseUrl) await demandDatabase(env.databaseUrl);
    const certificate = givenCertificate(env);
    const accounts = isRoot ? await ourAccounts(env.data) : null;
    const runtime = await installRuntime(programRoot, env.data);
    const database = await openDatabase(env, programRoot, accounts);
    if (database) running.push(await supervise(database.program, env.data, say, waits));
    await migrateDatabase(database?.ownerUrl ?? env.databaseUrl ?? "", runtime.migrations);
    if (env.catalogDatabaseUrl) await migrateCatalog(env.catalogDatabaseUrl, runtime.migrations);

    const setting: Setting = {
      env,
      environment,
      runtime,
      accounts,
      databaseUrl: database?.appUrl ?? env.databaseUrl ?? "",
      internalAddress: internalAddress(env, { storageIsHere: storage }),
      appKey: env.appKey ?? (await ensureAppKey(env.data)),
      tlsFingerprint: web ? await fingerprintToPin(env, certificate, accounts) : null,
    };
    await demandKeys(setting.databaseUrl, setting.appKey);
    for (const program of await programsOf(setting, storage, web)) {
      running.push(await supervise(program, env.data, say, waits));
    }
    await removeOldRuntimes(env.data, runtime);
    return { setting, parts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function programsOf(setting: Setting, storage: boolean, web: boolean) {
  const { data, sshPort: port, listen, sshd } = setting.env;
  const ssh = storage ? await writeSshd({ data, port, listen, sshd, root: isRoot }) : null;
  return [
    ...(storage ? [keeperProgram(setting)] : []),
    ...(ssh ? [sshdProgram(setting, ssh)] : []),
    ...(storage ? [workerProgram(setting)] : []),
    ...(web ? [webProgram(setting)] : []),
  ];
}

/** The embedded database; null for an external one, which runs already. */
async function openDatabase(
  env: Env,
  programRoot: string,
  accounts: Setting["accounts"],
): Promise<EmbeddedDatabase | null> {
  if (env.databaseUrl) return null;
  return embeddedDatabase({
    programRoot,
    data: env.data,
    account: accounts?.postgres ?? null,
    appAccounts: accounts ? [accounts.web.name, accounts.worker.name] : [],
  });
}

/** What agents pin: as set by the person, nothing when a proxy ends TLS with a certificate of its own, else our certificate's. */
async function fingerprintToPin(
  env: Env,
  given: { cert: string; key: string } | null,
  accounts: Setting["accounts"],
): Promise<string | null> {
  const readerGroup = accounts?.web.gid ?? null;
  const own = await ensureTls({ data: env.data, appUrl: env.appUrl, given, readerGroup });
  if (env.tlsFingerprint) return env.tlsFingerprint;
  return env.trustedProxies.length > 0 ? null : own;
}

function givenCertificate({ tlsCert, tlsKey }: Env): { cert: string; key: string } | null {
  if (!tlsCert && !tlsKey) return null;
  if (tlsCert && tlsKey) return { cert: tlsCert, key: tlsKey };
  throw new SettingsError("TLS_CERT and TLS_KEY belong together: set both or none.");
}
