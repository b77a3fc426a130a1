import { formatBytes, formatCount, formatDuration } from "./quantity";

/** What a piece of server work left as its result: our own words, stored as jsonb, so every field may be missing in an old row. */
type Work = Record<string, unknown>;

/** Kinds whose result is told in sentences; the rest has none, or one that is no text (a folder). */
const TELL: Record<string, (work: Work) => (string | null)[]> = {
  audit: tellAudit,
  "update-agent": tellUpdate,
  catalog: (work) => [
    countOf(work, "archives", "archive is new in the catalog", "archives are new in the catalog"),
  ],
  "stream-files": tellStream,
  drill: tellDrill,
  "trash-archives": tellTrash,
  "restore-on-server": tellServerRestore,
  "make-parcel": (work) => [countOf(work, "files", "file is in the parcel", "files are in the parcel")],
  prune: tellPrune,
  "bring-back-archives": tellBringBack,
  "protect-archives": (work) => [countOf(work, "changed", "archive is changed", "archives are changed")],
  compact: tellCompaction,
  "roll-back": tellRollBack,
  "accept-state": tellAcceptance,
  "release-old-seals": (work) => [freed(work)],
  "set-vault-rules": tellRules,
  check: tellCheck,
  "break-lock": tellLock,
  "move-repository": tellMove,
  "repair-repository": tellRepair,
  "undo-repair": (work) => [work.undone === false ? "There was no repair to undo." : null],
  "inspect-import": tellInspection,
  "adopt-repository": (work) => [
    countOf(work, "archives", "archive is in the ledger now", "archives are in the ledger now"),
  ],
  "mark-for-deletion": (work) => [
    text(work, "deleteAfter")
      ? `It is deleted after ${text(work, "deleteAfter")?.slice(0, 10)}, unless that is undone.`
      : null,
  ],
  "delete-repository": (work) => [freed(work)],
};

/** The result of server work in sentences; empty when there is nothing to tell. Never claims more than stands in it. */
export function tellWork(kind: string, work: Work): string[] {
  const tell = Object.hasOwn(TELL, kind) ? TELL[kind] : undefined;
  return (tell?.(work) ?? []).filter((sentence) => sentence !== null);
}

function tellUpdate(work: Work): (string | null)[] {
  const [from, to] = [text(work, "from"), text(work, "to")];
  if (from === null || to === null) return [];
  return [from === to ? `It ran ${to} already.` : `It went from ${from} to ${to}.`];
}

function tellAudit(work: Work): (string | null)[] {
  if (work.clean === false) return [text(work, "say") ?? "It is not clean: the repository is held."];
  const bytes = number(work, "newBytes");
  const archives = number(work, "newArchives");
  const seconds = (number(work, "scanSeconds") ?? 0) + (number(work, "listSeconds") ?? 0);
  return [
    work.clean === true ? "Everything that was sealed is there, unchanged." : null,
    archives === null
      ? null
      : `${formatCount(archives)} new ${archives === 1 ? "archive" : "archives"}${bytes ? ` in ${formatBytes(bytes)} of new data` : ""}${seconds > 0 ? `, audited in ${formatDuration(seconds)}` : ""}.`,
    work.sealed === true ? "It is sealed anew." : null,
    work.sealed === false ? "The seal follows when the client's processes have ended." : null,
  ];
}

function tellStream(work: Work): (string | null)[] {
  const bytes = number(work, "bytes");
  const leftOut = number(work, "leftOut") ?? 0;
  return [
    bytes === null ? null : `${formatBytes(bytes)} went out.`,
    leftOut > 0
      ? `${formatCount(leftOut)} ${leftOut === 1 ? "item was" : "items were"} left out, as a text in the zip lists.`
      : null,
  ];
}

function tellDrill(work: Work): (string | null)[] {
  const [files, bytes, milliseconds] = [
    number(work, "files"),
    number(work, "bytes"),
    number(work, "milliseconds"),
  ];
  return [
    text(work, "say"),
    files === null || bytes === null || milliseconds === null
      ? null
      : `${formatCount(files)} ${files === 1 ? "file" : "files"}, ${formatBytes(bytes)} came out of the archive in ${formatDuration(Math.max(1, Math.round(milliseconds / 1000)))}.`,
  ];
}

function tellTrash(work: Work): (string | null)[] {
  return [
    countOf(
      work,
      "trashed",
      "archive is in the trash and can be brought back",
      "archives are in the trash and can be brought back",
    ),
    ...keptSentences(work),
  ];
}

function tellPrune(work: Work): (string | null)[] {
  const held = text(work, "held");
  if (held !== null) return [held];
  const considered = number(work, "considered");
  const trashed = listLength(work, "trashed");
  if (considered === null || trashed === null) return [];
  const of = `Of ${archives(considered)}`;
  return [
    trashed === 0
      ? `${of} all stay.`
      : `${of} ${formatCount(trashed)} went into the trash and can be brought back.`,
    ...keptSentences(work),
  ];
}

function tellBringBack(work: Work): (string | null)[] {
  const gone = listLength(work, "gone") ?? 0;
  return [
    countOf(work, "broughtBack", "archive is back", "archives are back"),
    gone > 0 ? `${archives(gone)} ${gone === 1 ? "was" : "were"} deleted for good before.` : null,
  ];
}

function tellCompaction(work: Work): (string | null)[] {
  const checkpoints = number(work, "checkpoints") ?? 0;
  return [
    countOf(work, "deleted", "archive was deleted for good", "archives were deleted for good"),
    checkpoints > 0
      ? `${formatCount(checkpoints)} ${checkpoints === 1 ? "checkpoint" : "checkpoints"} of interrupted backups dropped.`
      : null,
    freed(work),
  ];
}

function tellRollBack(work: Work): (string | null)[] {
  const count = number(work, "archives");
  const back = number(work, "segmentsPutBack");
  const away = number(work, "segmentsTakenAway");
  const seconds = number(work, "seconds");
  const marker = text(work, "markerArchive");
  return [
    count === null
      ? null
      : `${archives(count)} ${count === 1 ? "is" : "are"} there again${seconds === null ? "" : `, after ${formatDuration(seconds)}`}.`,
    back !== null && away !== null
      ? `${segments(back)} put back, ${segments(away)} set aside for inspection.`
      : null,
    marker
      ? `The archive ${marker} marks the place, so that the client's borg accepts the repository.`
      : null,
  ];
}

function tellAcceptance(work: Work): (string | null)[] {
  const given = number(work, "archivesGivenUp");
  return [
    "The state as it was is the clean one now, and sealed.",
    given === null
      ? null
      : given === 0
        ? "No archive was given up."
        : `${archives(given)} ${given === 1 ? "was" : "were"} given up.`,
  ];
}

function tellRules(work: Work): (string | null)[] {
  const from = text(work, "inForceFrom");
  return [
    from
      ? `They are in force from ${from.slice(0, 16).replace("T", " ")} UTC.`
      : "The rules are with the storage node.",
  ];
}

function tellCheck(work: Work): (string | null)[] {
  if (work.skipped === true) return ["Nothing was read: the maintenance window had closed."];
  const [read, total, covered] = [
    number(work, "bytesRead"),
    number(work, "totalBytes"),
    number(work, "coveredBytes"),
  ];
  const days = number(work, "everyDays");
  const findings = Array.isArray(work.findings) ? work.findings.filter((one) => typeof one === "string") : [];
  return [
    work.ok === true ? "Nothing is damaged." : null,
    ...findings.slice(0, 20),
    read === null ? null : `${formatBytes(read)} read in ${formatDuration(number(work, "seconds") ?? 0)}.`,
    total && covered !== null && days !== null
      ? `${Math.floor((covered / total) * 100)} % of ${formatBytes(total)} were read within the last ${days} days.`
      : null,
    work.complete === false ? "The time was over before everything was read; the next check goes on." : null,
  ];
}

function tellMove(work: Work): (string | null)[] {
  const bytes = number(work, "bytes");
  const kept = text(work, "oldKeptUntil");
  const [from, to] = [text(work, "from"), text(work, "location")];
  if (from === null) return [to ? `It lies in ${to} already.` : null];
  return [
    bytes === null
      ? null
      : `${formatBytes(bytes)} moved from ${from} to ${to ?? "the other location"} in ${formatDuration(number(work, "seconds") ?? 0)}.`,
    "Every data file was read back and is the same, borg's check found nothing, and the archives are those of the ledger.",
    kept ? `The old place is kept until ${kept.slice(0, 10)} and takes room until then.` : null,
  ];
}

function tellRepair(work: Work): (string | null)[] {
  const [before, after] = [number(work, "archivesBefore"), number(work, "archivesAfter")];
  if (before === null || after === null) return [];
  const lost = Array.isArray(work.lostArchives)
    ? work.lostArchives.flatMap((one: unknown) => {
        const name = typeof one === "object" && one !== null ? Reflect.get(one, "name") : null;
        return typeof name === "string" ? [name] : [];
      })
    : [];
  const files = number(work, "damagedFileCount") ?? 0;
  const kept = text(work, "copyKeptUntil");
  return [
    lost.length === 0
      ? `No archive is lost: ${archives(after)} before and after.`
      : `${archives(lost.length)} of ${formatCount(before)} ${lost.length === 1 ? "is" : "are"} lost: ${lost.slice(0, 10).join(", ")}${lost.length > 10 ? " and more" : ""}.`,
    files === 0
      ? "No file has a gap."
      : `${formatCount(files)} ${files === 1 ? "file has a gap" : "files have gaps"} filled with zeros, in the archives that hold ${files === 1 ? "it" : "them"}.`,
    "Nothing goes into it until you accept the result or undo the repair.",
    kept ? `The state before is kept until ${kept.slice(0, 10)}.` : null,
  ];
}

function tellServerRestore(work: Work): (string | null)[] {
  const [bytes, skipped] = [number(work, "bytes"), number(work, "skippedCount")];
  return [
    countOf(work, "files", "file was written", "files were written"),
    bytes === null ? null : `${formatBytes(bytes)} in all.`,
    text(work, "folder")
      ? `They are in ${text(work, "folder")} on the storage server, where only root can read them. Owners and devices were not restored. Remove them with bbs-admin restores remove.`
      : null,
    skipped ? countOf(work, "skippedCount", "thing was skipped", "things were skipped") : null,
  ];
}

function tellLock(work: Work): (string | null)[] {
  const removed = listLength(work, "removed");
  if (removed === null) return [];
  const processes = number(work, "livingProcesses");
  return [
    removed === 0 ? "There was no lock." : "The lock was removed.",
    processes === null
      ? "The session ledger knew of no open session. Processes could not be asked, because the server does not run as root."
      : "No session was open and no process of the client's accounts was alive.",
  ];
}

function tellInspection(work: Work): (string | null)[] {
  const count = number(work, "archiveCount");
  const bytes = number(work, "bytes");
  return [
    count === null || bytes === null
      ? null
      : `borg found no damage, and ${archives(count)} in ${formatBytes(bytes)}.`,
  ];
}

/** What the floor or a protection kept, each with the reason that the keeper gave. */
function keptSentences(work: Work): string[] {
  if (!Array.isArray(work.kept)) return [];
  const reasons = work.kept.flatMap((entry: unknown) => {
    const why = typeof entry === "object" && entry !== null ? Reflect.get(entry, "why") : null;
    return typeof why === "string" ? [why] : [];
  });
  const counts = new Map<string, number>();
  for (const why of reasons) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].map(
    ([why, count]) => `${archives(count)} ${count === 1 ? "stays" : "stay"}: ${why.replace(/\.$/, "")}.`,
  );
}

function freed(work: Work): string | null {
  const bytes = number(work, "freedBytes");
  return bytes === null ? null : `${formatBytes(bytes)} came free.`;
}

function countOf(work: Work, key: string, one: string, many: string): string | null {
  const count = listLength(work, key) ?? number(work, key);
  if (count === null) return null;
  return count === 0 ? `No ${one}.` : `${formatCount(count)} ${count === 1 ? one : many}.`;
}

function archives(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "archive" : "archives"}`;
}

function segments(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "segment" : "segments"}`;
}

function number(work: Work, key: string): number | null {
  const value = work[key];
  return typeof value === "number" ? value : null;
}

function text(work: Work, key: string): string | null {
  const value = work[key];
  return typeof value === "string" && value !== "" ? value : null;
}

function listLength(work: Work, key: string): number | null {
  const value = work[key];
  return Array.isArray(value) ? value.length : null;
}
