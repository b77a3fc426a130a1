import type { BorgLogLine } from "./log-json";
import type { BorgEnd } from "./run";

/**
 * What can be wrong with a borg run, as far as someone can act on it. `failed` is the rest: borg's own last words are in `say`.
 */
export type BorgProblemCode =
  | "repository-missing"
  | "repository-exists"
  | "repository-locked"
  | "repository-damaged"
  | "repository-older-than-known"
  | "repository-moved"
  /** Also what the storage server's gate says: its sentence is `say`. */
  | "access-refused"
  | "passphrase-wrong"
  | "archive-missing"
  | "archive-exists"
  | "quota-exceeded"
  | "disk-full"
  | "connection-lost"
  | "host-key-wrong"
  | "bad-arguments"
  | "cancelled"
  | "timed-out"
  | "failed";

export type BorgProblem = { code: BorgProblemCode; say: string };

/** borg's message ids (1.2.4 and 1.4.0 give the same ones under --log-json) and what they mean to us. */
const BY_MSGID: Readonly<Record<string, BorgProblemCode>> = {
  "Repository.DoesNotExist": "repository-missing",
  "Repository.InvalidRepository": "repository-missing",
  "Repository.ParentPathDoesNotExist": "repository-missing",
  "Repository.AlreadyExists": "repository-exists",
  "Repository.PathAlreadyExists": "repository-exists",
  "Repository.CheckNeeded": "repository-damaged",
  "Repository.ObjectNotFound": "repository-damaged",
  "Repository.InvalidRepositoryConfig": "repository-damaged",
  IntegrityError: "repository-damaged",
  IntegrityErrorBase: "repository-damaged",
  FileIntegrityError: "repository-damaged",
  NoManifestError: "repository-damaged",
  ManifestAuthenticationError: "repository-damaged",
  TAMInvalid: "repository-damaged",
  LockTimeout: "repository-locked",
  LockError: "repository-locked",
  LockErrorT: "repository-locked",
  LockFailed: "repository-locked",
  PathNotAllowed: "access-refused",
  PathPermissionDenied: "access-refused",
  "Repository.PathPermissionDenied": "access-refused",
  PassphraseWrong: "passphrase-wrong",
  NoPassphraseFailure: "passphrase-wrong",
  PasscommandFailure: "passphrase-wrong",
  "Archive.DoesNotExist": "archive-missing",
  "Archive.AlreadyExists": "archive-exists",
  "Repository.StorageQuotaExceeded": "quota-exceeded",
  "Repository.InsufficientFreeSpaceError": "disk-full",
  ConnectionClosed: "connection-lost",
  ConnectionClosedWithHint: "connection-lost",
  ConnectionBrokenWithHint: "connection-lost",
  "Cache.RepositoryReplay": "repository-older-than-known",
  "Cache.RepositoryAccessAborted": "repository-moved",
  "Cache.CacheInitAbortedError": "repository-moved",
};

const DISK_FULL = /No space left on device|\[Errno 28\]|Disk quota exceeded/;

/** Words of ssh, the kernel and argparse, which come without an id. Checked only where no id decided. */
const BY_TEXT: readonly (readonly [RegExp, BorgProblemCode])[] = [
  [DISK_FULL, "disk-full"],
  [/StorageQuotaExceeded|storage quota .* exceeded/i, "quota-exceeded"],
  [/Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/, "host-key-wrong"],
  [/Permission denied \(publickey|PathNotAllowed|Repository path not allowed/, "access-refused"],
  [
    /Connection (refused|timed out|reset|closed)|Could not resolve hostname|No route to host|Network is unreachable|kex_exchange_identification|BrokenPipeError|\[Errno 32\]/,
    "connection-lost",
  ],
  [/^(usage: )?borg.*: error: /m, "bad-arguments"],
];

/** Exit codes of borg 1.4 under BORG_EXIT_CODES=modern, for a run whose message was lost. */
const BY_MODERN_CODE: Readonly<Record<number, BorgProblemCode>> = {
  13: "repository-missing",
  20: "quota-exceeded",
  30: "archive-exists",
  31: "archive-missing",
  52: "passphrase-wrong",
  64: "repository-older-than-known",
  73: "repository-locked",
  81: "connection-lost",
  83: "access-refused",
};

/**
 * Null when borg did what was asked (also with warnings: 1 in the classic scheme, 100 to 127 in the modern one). Decides by borg's
 * message id, then by known words, then by exit code: 1.2's code 2 means almost anything.
 */
export function problemOf(end: BorgEnd): BorgProblem | null {
  if (end.stopped === "cancelled") return { code: "cancelled", say: "It was cancelled." };
  if (end.stopped === "timed-out")
    return { code: "timed-out", say: "It took longer than allowed and was ended." };
  if (end.stopped === null && (end.exitCode === 0 || hasOnlyWarnings(end))) return null;
  const say = lastWords(end);
  const gate = end.log.find((line) => textOf(line).includes("bbs-gate: "));
  if (gate) {
    const known = gate.type === "log_message" && gate.msgid ? BY_MSGID[gate.msgid] : undefined;
    const text = textOf(gate);
    return {
      code: known ?? "access-refused",
      say: firstLine(text.slice(text.indexOf("bbs-gate: ") + 10)),
    };
  }
  const text = end.log.map(textOf).join("\n");
  // borg reports the cause first and its consequences after it, so the first known id wins.
  for (const line of end.log) {
    const known = line.type === "log_message" && line.msgid ? BY_MSGID[line.msgid] : undefined;
    if (!known || line.type !== "log_message") continue;
    // On a full disk borg cannot make its lock, which it calls a lock that it did not get.
    const full = known === "repository-locked" ? DISK_FULL.exec(text) : null;
    if (full) return { code: "disk-full", say: lineAround(text, full.index) };
    return { code: known, say: firstLine(line.message) };
  }
  for (const [pattern, code] of BY_TEXT) {
    const found = pattern.exec(text);
    if (found) return { code, say: lineAround(text, found.index) };
  }
  const byCode = end.exitCode === null ? undefined : BY_MODERN_CODE[end.exitCode];
  return { code: byCode ?? "failed", say };
}

/** True when borg finished its work and only warned (a file changed, a file could not be read). */
export function hasOnlyWarnings(end: Pick<BorgEnd, "exitCode">): boolean {
  return end.exitCode === 1 || (end.exitCode !== null && end.exitCode >= 100 && end.exitCode <= 127);
}

function textOf(line: BorgLogLine): string {
  return "message" in line && line.message ? line.message : "";
}

function lastWords(end: BorgEnd): string {
  for (const line of [...end.log].reverse()) {
    const text = textOf(line).trim();
    if (text) return firstLine(text);
  }
  return end.killedBy
    ? `borg was ended by ${end.killedBy}.`
    : `borg ended with code ${end.exitCode} and said nothing.`;
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 500);
}

function lineAround(text: string, at: number): string {
  const from = text.lastIndexOf("\n", at) + 1;
  const to = text.indexOf("\n", at);
  return text
    .slice(from, to < 0 ? undefined : to)
    .trim()
    .slice(0, 500);
}
