import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as access from "./schema/access";
import * as alerts from "./schema/alerts";
import * as archives from "./schema/archives";
import * as clients from "./schema/clients";
import * as downloads from "./schema/downloads";
import * as jobs from "./schema/jobs";
import * as journal from "./schema/journal";
import * as mail from "./schema/mail";
import * as plans from "./schema/plans";
import * as reports from "./schema/reports";
import * as repositories from "./schema/repositories";
import * as restores from "./schema/restores";
import * as schedules from "./schema/schedules";
import * as settings from "./schema/settings";
import * as system from "./schema/system";
import * as updates from "./schema/updates";
import * as vault from "./schema/vault";

export const schema = {
  ...access,
  ...alerts,
  ...archives,
  ...clients,
  ...downloads,
  ...jobs,
  ...journal,
  ...mail,
  ...plans,
  ...reports,
  ...repositories,
  ...restores,
  ...schedules,
  ...settings,
  ...system,
  ...updates,
  ...vault,
};

/** A pool or a transaction: every operation takes either. */
export type Db = PostgresJsDatabase<typeof schema>;

export interface Pool {
  db: Db;
  sql: postgres.Sql;
  end(): Promise<void>;
}

/**
 * Opens a pool. `url` is libpq's: `postgres://role@/database?host=/socket/directory` reaches a Unix socket,
 * `postgres://user:password@host:port/database` a server.
 */
export function openPool(url: string, options: { most?: number; applicationName?: string } = {}): Pool {
  const sql = postgres(connectionOptions(url, options));
  return { db: drizzle(sql, { schema }), sql, end: () => sql.end({ timeout: 5 }) };
}

/** postgres.js does not read `host=/dir` from a URL as libpq does, so the parts are taken apart here. */
export function connectionOptions(
  url: string,
  options: { most?: number; applicationName?: string } = {},
): postgres.Options<Record<string, never>> {
  const parsed = new URL(url.replace(/^postgres(ql)?:\/\/([^/@]*)@\//, "postgres://$2@localhost/"));
  const socketDirectory = parsed.searchParams.get("host");
  const sslmode = parsed.searchParams.get("sslmode");
  return {
    host: socketDirectory ?? decodeURIComponent(parsed.hostname),
    port: Number(parsed.port || parsed.searchParams.get("port") || 5432),
    username: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)) || "bbs",
    ssl: sslmode && sslmode !== "disable" ? (sslmode === "verify-full" ? true : "require") : false,
    max: options.most ?? 10,
    // Seconds before another try; the driver's own go up to 20, long after the database is back.
    backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 1),
    onnotice: () => {},
    connection: { application_name: options.applicationName ?? "bbs", TimeZone: "UTC" },
  };
}
