import { GATE_SAYS } from "./asked-command";

/** Why a call is not served, in the words that borg shows to the person. `className` is borg's message id under --log-json. */
export type CallRefusal = {
  className: string;
  args: readonly string[];
  say: string;
  /** The keeper said so itself, so it is no news to it. */
  byKeeper?: true;
};

/** borg's name for a quota that is used up. */
const QUOTA_CLASS = "Repository.StorageQuotaExceeded";

const no = (words: string, className = "NotAllowed"): CallRefusal => {
  const say = `${GATE_SAYS} ${words}`;
  return { className, args: [say], say };
};

/** Calls that borg knows and no client may make here, whatever the session. */
export const NEVER: ReadonlyMap<string, CallRefusal> = new Map([
  [
    "destroy",
    no("a client cannot delete a repository here; ask an administrator of Borg Backup Server to delete it."),
  ],
  [
    "break_lock",
    no(
      "a client cannot break a lock here; the server frees it when the session that holds it is over, or when an administrator ends that session.",
    ),
  ],
  [
    "save_key",
    no(
      "a client cannot change the key or the passphrase of a repository here; ask an administrator of Borg Backup Server.",
    ),
  ],
  [
    "check",
    no("a client cannot check or repair a repository here; the server audits it itself after every backup."),
  ],
]);

export const REFUSALS = {
  notOpen: no("a repository has to be opened first."),
  openTwice: no("a session opens one repository, once."),
  create: no("a client cannot make a repository here; make it in the console of Borg Backup Server."),
  foreign: no(
    "this client has no such repository; the address of each one stands on its page in the console.",
  ),
  reading: no("this session can only read, because it was opened without the exclusive lock."),
  delete: no(
    "the server keeps what is stored, so a client cannot delete, prune, rename or recreate archives; delete archives in the console of Borg Backup Server.",
  ),
  replace: no(
    "the server keeps what is stored, so a client cannot replace it as recreate and repair do; make a new backup instead.",
  ),
  compact: no("a client cannot free space here; the server compacts the repository itself."),
  nonce: no("more nonces are asked for than a backup can use, and the rest would be lost for ever."),
  quota: no(
    "the quota of the repository, or of the client, is used up; delete archives in the console of Borg Backup Server or have the quota raised.",
    QUOTA_CLASS,
  ),
  doomed: no("a part of this transaction was refused, so the rest is not committed; start again."),
  version: no("this version of borg is not served here; use borg 1.2 or 1.4."),
} as const;

export const unknownCall = (method: string) =>
  no(`borg's call ${method} is not served here; use borg 1.2 or 1.4.`);
export const wrongArguments = (method: string) =>
  no(`borg's call ${method} came with arguments that are not served here; use borg 1.2 or 1.4.`);

/** borg's own words for a lock that did not come free in time: 1.4 clients put them together from `args`, 1.2 clients print `say`. */
export function lockTimeout(repositoryPath: string): CallRefusal {
  const lock = `${repositoryPath}/lock.exclusive`;
  const say = `Failed to create/acquire the lock ${lock} (timeout).`;
  return { className: "LockTimeout", args: [lock], say, byKeeper: true };
}

/** The keeper said no. */
export const deniedByKeeper = (say: string): CallRefusal => ({ ...no(say), byKeeper: true });

/** The keeper said no, because the client's quota is used. */
export const fullByKeeper = (say: string): CallRefusal => ({ ...no(say, QUOTA_CLASS), byKeeper: true });
