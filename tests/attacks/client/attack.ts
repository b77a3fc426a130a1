import type { ChildProcess } from "node:child_process";
import type { Ended } from "~tests/support/run-program";
import type { Judged } from "./judge";
import type { RawRpc } from "./raw-rpc";

/** Where an attack ends on our side. */
export type Layer =
  /** The gate refuses the call, or the session. */
  | "gate"
  /** The keeper grants no session, or refuses what is asked of it. */
  | "keeper"
  /** The files belong to another account. */
  | "accounts"
  /** The audit finds it, holds the repository, and the roll-back takes it back. */
  | "audit"
  /** It may stand in the repository: the server deletes only by its own ledger, names and times. */
  | "ledger"
  /** It changes nothing that matters; the next session or audit works as before. */
  | "harmless";

export type Family =
  | "commands"
  | "raw calls"
  | "order"
  | "shapes"
  | "bombs"
  | "objects"
  | "manifests"
  | "keys"
  | "junk archives"
  | "quota"
  | "sessions"
  | "shell"
  | "segments"
  | "gate socket"
  | "time"
  | "interleaving"
  | "after a roll-back"
  | "second client";

export type Attack = {
  /** Unique, kebab-case. */
  id: string;
  family: Family;
  title: string;
  /** Layers that may contain it. */
  layers: readonly Layer[];
  /** The borg it is first shown on. `unguarded`: `borg serve` without --append-only, where append-only happens to stop it too. */
  stock: "append-only" | "unguarded";
  /** Carries it out. Answers what the attacker gained beside changes of the archives (seen from the outside), or null. */
  run: (attacker: Attacker) => Promise<string | null>;
  /** On our side the attacker may gain this much: what we do not claim. Shown in the table. */
  granted?: string;
  /** Attacks with the same word share a victim that no others have, because they leave things behind that are not wrong; "own": nobody does. */
  victim?: "junk" | "quota" | "limited" | "own";
  /** A quota for the victim's repository, in bytes. */
  quotaBytes?: number;
  /** Our sessions may last so long, in seconds; default as in production. */
  sessionLimitSeconds?: number;
  /** Too long for the sample of `npm test`. */
  slow?: true;
};

/** The hands of someone with the client's SSH key, passphrase, cache and any borg; against stock borg or against ours. */
export type Attacker = {
  side: "stock" | "ours";
  /** A folder of the attacker's own. */
  folder: string;
  /** What was committed (and, on our side, audited) before, oldest first. */
  archives: readonly Judged[];
  passphrase: string;
  /** The repository as borg's command line names it. */
  url: string;
  /** What the client's borg asks `open` for. */
  remotePath: string;
  /** Where the repository lies on the server. */
  storedPath: string;
  /** The client's borg, with its cache. */
  borg: (args: readonly string[], env?: Record<string, string>) => Promise<Ended>;
  startBorg: (args: readonly string[], env?: Record<string, string>) => ChildProcess;
  /** A session of its own; nothing is said yet. `close` it. */
  connect: () => RawRpc;
  /** hostile.py */
  hostile: (...words: string[]) => Promise<Record<string, unknown>>;
  /** A shell as the account that serves the repository. `$1` is the repository. */
  shell: (script: string, ...words: string[]) => Promise<Ended>;
  /** shell-tricks.py as that account. */
  tricks: (...words: string[]) => Promise<Ended>;
  /** shell-tricks.py where that account can read it. */
  tricksFile: string;
  account: { uid: number; gid: number };
  /** The client's own socket to the keeper; null: there is none. */
  gateSocket: string | null;
  /** What the server does by itself meanwhile. */
  server: ServerHands;
  /** Another enrolled client with key, account and repository of its own. */
  stranger: () => Promise<Stranger>;
};

export type ServerHands = {
  /** The server's own maintenance: on stock prune by age and compact, on ours trash, retention and compact-repository. */
  maintain: () => Promise<string>;
  /** Waits until what is committed now has been looked at (nothing on stock). */
  settle: (wanted?: "sealed" | "audited") => Promise<void>;
  /** Lets the looking wait, as when the worker is busy or down. Answers what starts it again. */
  pauseAudits: () => () => void;
  /** An honest backup of this client under that name; null: it failed. */
  honestBackup: (name: string) => Promise<Ended>;
  /** Puts the repository back to the state before this attack, as an administrator does: on ours to the last seal. */
  rollBack: () => Promise<void>;
  /** Gives the client a new SSH key, as after the old one was stolen. The attacker keeps the old one. */
  replaceKey: () => Promise<void>;
};

export type Stranger = {
  borg: (args: readonly string[], env?: Record<string, string>) => Promise<Ended>;
  connect: () => RawRpc;
  shell: (script: string, ...words: string[]) => Promise<Ended>;
  account: { uid: number; gid: number };
  gateSocket: string | null;
};
