import { KEEP_PRESETS } from "./keep-presets";
import type { PlanOptions } from "./plan-options";
import type { PlanSettings } from "./plan-parts";

/** A template that every server has. Its key names it in addresses; no row has such an id (those are 16 characters). */
export interface BuiltInTemplate {
  key: string;
  name: string;
  /** For whom it is, in one sentence. */
  hint: string;
  settings: PlanSettings;
}

const YEAR = KEEP_PRESETS.find(({ key }) => key === "balanced")?.rules ?? null;
const MONTH = KEEP_PRESETS.find(({ key }) => key === "short")?.rules ?? null;

const COMMON_EXCLUDES = ["sh:**/.cache", "/var/cache", "/var/tmp", "/var/lib/docker/overlay2"];

/** At night in `zone`, spread over an hour, so that a fleet made from one template does not start at once. */
function nightly(zone: string, at: string): PlanSettings["schedule"] {
  return {
    timing: { kind: "daily", times: [at] },
    zone,
    spreadMinutes: 60,
    blackouts: [],
    startWithinMinutes: 600,
  };
}

function database(engine: "postgresql" | "mysql", name: string): PlanOptions["databases"][number] {
  return { engine, name, databases: [], credentials: { kind: "none" }, host: "", port: null, user: "" };
}

/**
 * The templates for common roles. Times are those of `zone`. They are not rows: who changes one gets a row of the same name that stands in
 * its place, and removing that brings the built-in one back.
 */
export function builtInTemplates(zone: string): readonly BuiltInTemplate[] {
  return [
    {
      key: "server",
      name: "Server",
      hint: "Configuration, homes and what services keep, every night; a year of archives.",
      settings: {
        sources: ["/etc", "/home", "/root", "/srv", "/usr/local", "/var/lib"],
        excludes: COMMON_EXCLUDES,
        excludeCaches: true,
        oneFileSystem: false,
        compression: "zstd,3",
        keep: YEAR,
        schedule: nightly(zone, "01:00"),
        objectives: { rpoHours: 26, restoreProvenDays: 90, offsiteHours: null },
      },
    },
    {
      key: "database-server",
      name: "Database server",
      hint: "Every PostgreSQL database streamed every six hours, with the machine's configuration; its raw files are left out.",
      settings: {
        sources: ["/etc", "/root"],
        excludes: ["/var/lib/postgresql", "/var/lib/mysql", "/var/lib/mongodb"],
        excludeCaches: true,
        oneFileSystem: false,
        compression: "zstd,3",
        keep: YEAR,
        schedule: {
          timing: { kind: "hours", every: 6, minute: 15 },
          zone,
          spreadMinutes: 30,
          blackouts: [],
          startWithinMinutes: 240,
        },
        objectives: { rpoHours: 8, restoreProvenDays: 30, offsiteHours: null },
        options: { databases: [database("postgresql", "postgresql")] },
      },
    },
    {
      key: "web-server",
      name: "Web server",
      hint: "Sites and configuration every night; logs, sessions and packages that are fetched again are left out.",
      settings: {
        sources: ["/etc", "/home", "/root", "/srv", "/var/www"],
        excludes: [...COMMON_EXCLUDES, "sh:**/node_modules", "sh:/var/www/**/cache", "sh:**/*.log"],
        excludeCaches: true,
        oneFileSystem: false,
        compression: "zstd,3",
        keep: YEAR,
        schedule: nightly(zone, "02:00"),
        objectives: { rpoHours: 26, restoreProvenDays: 90, offsiteHours: null },
      },
    },
    {
      key: "laptop",
      name: "Laptop",
      hint: "Homes and configuration whenever it is on mains power and not on a metered network, at most every eight hours.",
      settings: {
        sources: ["/etc", "/home"],
        excludes: [
          ...["sh:**/.cache", "sh:**/node_modules", "sh:**/__pycache__", "sh:**/.local/share/Trash"],
          ...["sh:**/Downloads/*.iso", "sh:**/*.tmp"],
        ],
        excludeCaches: true,
        oneFileSystem: true,
        compression: "auto,zstd,10",
        keep: MONTH,
        schedule: {
          timing: { kind: "available", everyHours: 8, onMains: true, notMetered: true },
          zone,
          spreadMinutes: 0,
          blackouts: [],
          startWithinMinutes: null,
        },
        objectives: { rpoHours: 72, restoreProvenDays: null, offsiteHours: null },
      },
    },
    {
      key: "mail-server",
      name: "Mail server",
      hint: "Mail boxes and queues every four hours; a year of archives.",
      settings: {
        sources: ["/etc", "/root", "/home", "/var/mail", "/var/vmail", "/var/lib"],
        excludes: [...COMMON_EXCLUDES, "sh:**/dovecot.index*"],
        excludeCaches: true,
        oneFileSystem: false,
        compression: "zstd,3",
        keep: YEAR,
        schedule: {
          timing: { kind: "hours", every: 4, minute: 30 },
          zone,
          spreadMinutes: 30,
          blackouts: [],
          startWithinMinutes: 180,
        },
        objectives: { rpoHours: 6, restoreProvenDays: 90, offsiteHours: null },
      },
    },
  ];
}
