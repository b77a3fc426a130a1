/** A thing by its id and name, for a link. */
export interface Named {
  id: string;
  name: string;
}

/** What this installation is, as far as the Security page judges it. Counted over everything that lives. */
export interface SecurityFacts {
  now: Date;
  /** What the storage node said of itself last; null: it never has. */
  node: {
    at: Date;
    borgVersion: string | null;
    protections: readonly { name: string; on: boolean; say: string }[];
    hasForcedCommand: boolean;
  } | null;
  tls: "self-signed" | "given" | "proxy" | "none";
  /** Plain http that leaves this machine. */
  isLoopback: boolean;
  database: {
    /** Whether the role that the programs use owns the tables, or is a superuser: then it could do anything. */
    ownsTables: boolean;
    /** Whether that role may change or remove journal entries as far as grants go. */
    mayChangeJournal: boolean;
    /** Whether the triggers that refuse it are all there and armed. */
    hasJournalTriggers: boolean;
  };
  rateLimitStore: "postgresql" | "redis" | "upstash";
  /** Secrets that another key than the newest has sealed, and how many there are. */
  secrets: { total: number; underOldKeys: number; keyId: string };
  signIn: { requireSecondFactor: boolean; local: boolean; oidc: boolean; letsStrangersIn: boolean };
  people: { total: number; admins: number; withoutSecondFactor: readonly (Named & { admin: boolean })[] };
  tokens: { total: number; neverEnd: number; unused: number };
  repositories: {
    total: number;
    held: number;
    /** Ready, and no audit has found a clean state yet. */
    neverAudited: number;
    /** What was audited has no second name out of the client's reach. */
    notSealed: number;
  };
  clients: {
    total: number;
    /** Machines whose own policy lets a server write where it may do harm. */
    allowTooMuch: readonly (Named & { why: string })[];
    oldBorg: readonly (Named & { version: string })[];
  };
  journal: {
    lastCheck: { at: Date; intact: boolean; say: string } | null;
    lastAnchorAt: Date | null;
    anchorIsSet: boolean;
  };
  mailIsSet: boolean;
  attackLab: { at: Date; sentence: string; escaped: number } | null;
}

/** `on`: it protects. `weak`: it does, but not everywhere or not fully. `off`: it does not. */
export type LayerState = "on" | "weak" | "off";

/** One layer of the promise with its state here. */
export interface Layer {
  key: string;
  title: string;
  /** What it keeps from happening. */
  protects: string;
  state: LayerState;
  /** The state in words, and what to do where it is not on. */
  say: string;
  /** Where it is mended in the console; null: on the server or the machine, as `say` tells. */
  fix: { label: string; href: string } | null;
}

/** Some names in a sentence: all of a few, else the first and how many more. */
export function sayNames(things: readonly { name: string }[], most = 3): string {
  const names = things.slice(0, most).map(({ name }) => name);
  const more = things.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}

export const plural = (count: number, one: string, many = `${one}s`) =>
  `${count} ${count === 1 ? one : many}`;
