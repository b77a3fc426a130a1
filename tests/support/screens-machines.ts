import type { AgentPolicy, Machine } from "~/protocol/v1";

/** A machine of the fleet that the screenshots show. */
export interface ScreenClient {
  name: string;
  machine: Machine | null;
  /** Seconds since it was heard of; null: never. */
  seenSecondsAgo: number | null;
  provisionProblem?: string;
  preparing?: boolean;
  /** Plans with what they read; each has a backup a day. */
  plans: { name: string; sources: string[]; excludes: string[]; gigabytes: number }[];
  quotaBytes: number | null;
}

export const SCREEN_POLICY: AgentPolicy = {
  readPaths: ["/"],
  restoreFolder: "/var/lib/bbs-agent/restores",
  restorePaths: ["/srv/restore"],
  restoreToOriginal: true,
};

const TIB = 1024 ** 4;

const machine = (
  hostname: string,
  os: string,
  borgVersion: string | null,
  more: Partial<Machine> = {},
): Machine => ({
  hostname,
  os,
  platform: "linux",
  arch: "x64",
  agentVersion: "0.1.0",
  borgVersion,
  clockAheadMs: 12,
  ...more,
});

/** Eight machines in every state a client can be in. */
export const SCREEN_CLIENTS: readonly ScreenClient[] = [
  {
    name: "web-01",
    machine: machine("web-01.example.org", "Debian GNU/Linux 12 (bookworm)", "1.4.0"),
    seenSecondsAgo: 3,
    plans: [
      { name: "System", sources: ["/etc", "/root", "/usr/local"], excludes: ["*.tmp"], gigabytes: 2 },
      { name: "Sites", sources: ["/srv/www"], excludes: ["/srv/www/*/cache", "*.log"], gigabytes: 84 },
    ],
    quotaBytes: 0.5 * TIB,
  },
  {
    name: "db-01",
    machine: machine("db-01.example.org", "Debian GNU/Linux 12 (bookworm)", "1.2.4"),
    seenSecondsAgo: 8,
    plans: [{ name: "Dumps", sources: ["/var/backups/postgresql"], excludes: [], gigabytes: 310 }],
    quotaBytes: 0.25 * TIB,
  },
  {
    name: "mail",
    machine: machine("mail.example.org", "Ubuntu 24.04.1 LTS", "1.2.8"),
    seenSecondsAgo: 20,
    plans: [{ name: "Mailboxes", sources: ["/var/vmail", "/etc"], excludes: ["*/Trash/*"], gigabytes: 126 }],
    quotaBytes: null,
  },
  {
    name: "laptop-ada",
    machine: machine("ada", "Fedora Linux 41 (Workstation)", "1.4.0", { clockAheadMs: -312_000 }),
    seenSecondsAgo: 9 * 3600,
    plans: [
      { name: "Home", sources: ["/home/ada"], excludes: ["/home/*/.cache", "*/node_modules"], gigabytes: 57 },
    ],
    quotaBytes: null,
  },
  {
    name: "build-runner-with-a-very-long-name-that-must-not-break-anything",
    machine: machine("runner-7f3a.internal.build.example.org", "Alpine Linux v3.20", null),
    seenSecondsAgo: 14,
    plans: [],
    quotaBytes: null,
  },
  {
    name: "nas-office",
    machine: machine("nas-office", "Debian GNU/Linux 12 (bookworm)", "1.2.4", { arch: "arm64" }),
    seenSecondsAgo: 40,
    provisionProblem:
      "The account bbs-nas-office could not be made: no space left on the storage node. Make room; it is tried again by itself.",
    plans: [],
    quotaBytes: null,
  },
  {
    name: "vps-frankfurt",
    machine: machine("vps-frankfurt", "Debian GNU/Linux 12 (bookworm)", "1.2.4"),
    seenSecondsAgo: 2,
    preparing: true,
    plans: [],
    quotaBytes: null,
  },
  { name: "reception-pc", machine: null, seenSecondsAgo: null, plans: [], quotaBytes: null },
];
