import { join } from "node:path";
import type { Account } from "./accounts";
import { ensureDatabase } from "./database";
import { ADMIN_ROLE, APP_ROLE, lastLine, OWNER_ROLE, startPostgres } from "./postgres";
import { installPostgresBinaries } from "./postgres-binaries";
import type { Program } from "./supervise";

export interface EmbeddedDatabase {
  program: Program;
  /** For migrations, and for the programs. */
  ownerUrl: string;
  appUrl: string;
}

/** The embedded PostgreSQL as a program under the supervisor. Roles, database and grants are made sure of at every launch. */
export async function embeddedDatabase(options: {
  programRoot: string;
  data: string;
  account: Account | null;
  appAccounts: string[];
}): Promise<EmbeddedDatabase> {
  const { programRoot, data, account, appAccounts } = options;
  const socketDir = join(data, "run/postgres");
  const logFile = join(data, "log/postgres.log");
  const binaries = await installPostgresBinaries(programRoot, join(data, "runtime"));
  const urlFor = (role: string, database: string) =>
    `postgres://${role}@/${database}?host=${encodeURIComponent(socketDir)}`;
  return {
    ownerUrl: urlFor(OWNER_ROLE, "bbs"),
    appUrl: urlFor(APP_ROLE, "bbs"),
    program: {
      name: "postgres",
      launch: async () => {
        const dataDir = join(data, "postgres");
        const running = await startPostgres({ binaries, dataDir, socketDir, account, appAccounts, logFile });
        await ensureDatabase((database) => urlFor(ADMIN_ROLE, database), "bbs");
        return running.child;
      },
      lastWords: () => lastLine(logFile),
      // "Fast": roll back what is open, write a checkpoint, leave.
      stopSignal: "SIGINT",
      stopLimitMs: 10_000,
    },
  };
}
