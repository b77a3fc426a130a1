import { formatBytes, formatCount, formatDuration } from "./quantity";

/** The parts of a restore's result (protocol v1) that are told in words. What an older agent does not tell is absent. */
export interface RestoreOutcome {
  writtenTo: string | null;
  files: number;
  directories: number;
  bytes: number;
  skipped: readonly { path: string; why: string }[];
  skippedCount: number;
  /** It went into a database; absent: into files. */
  database?: { name: string; safetyDump: string | null } | undefined;
  replaced?: number | undefined;
  keptBoth?: number | undefined;
  skippedBy?: readonly { why: string; count: number }[] | undefined;
  resumed?: Counts | undefined;
  waitsIn?: string | null | undefined;
}

interface Counts {
  files: number;
  bytes: number;
}

/** What a dry run found out. */
export interface WouldWrite {
  create: Counts;
  replace: Counts;
  keepBoth: Counts;
  skip: Counts;
  directories: number;
}

/** A restore's result in sentences: what was written where, what became of what was there, what was left out. */
export function tellRestore(outcome: RestoreOutcome): string[] {
  if (outcome.database) return tellDatabase(outcome.database, outcome.bytes);
  const { writtenTo, resumed, replaced = 0, keptBoth = 0, skippedCount } = outcome;
  const written = `${filesOf(outcome.files)} and ${directoriesOf(outcome.directories)}, ${formatBytes(outcome.bytes)}`;
  return [
    writtenTo === null ? "Nothing was written." : `${written}, were written to ${writtenTo}.`,
    resumed && resumed.files > 0
      ? `${filesOf(resumed.files)}, ${formatBytes(resumed.bytes)}, were there whole already from the try before.`
      : null,
    replaced > 0 ? `${filesOf(replaced)} took the place of what was there.` : null,
    keptBoth > 0
      ? `${filesOf(keptBoth)} got a name of ${keptBoth === 1 ? "its" : "their"} own, since another one was there: look for “(restored …)”.`
      : null,
    skippedCount === 0
      ? "Nothing was left out."
      : `${entriesOf(skippedCount)} ${skippedCount === 1 ? "was" : "were"} left out; the list says why.`,
  ].filter((sentence) => sentence !== null);
}

/** What a machine did for a drill, in sentences. What the hashes say stands in the certificate. */
export function tellDrilled(
  outcome: Pick<RestoreOutcome, "files" | "bytes" | "skippedCount">,
  drilled: { files: readonly unknown[]; milliseconds: number; left: string | null },
): string[] {
  const { files, bytes, skippedCount } = outcome;
  const took = formatDuration(Math.max(1, Math.round(drilled.milliseconds / 1000)));
  return [
    `${filesOf(files)}, ${formatBytes(bytes)}, came back in ${took}.`,
    drilled.files.length > 0
      ? `The machine told the hashes of ${drilled.files.length} of them; the server compares them.`
      : null,
    skippedCount > 0 ? `${entriesOf(skippedCount)} did not come back.` : null,
    drilled.left === null
      ? "Everything was removed again."
      : `${drilled.left} could not be removed. The agent tries again when it starts.`,
  ].filter((sentence) => sentence !== null);
}

/** What a dry run found, in sentences. Nothing was written. */
export function tellWouldWrite({ create, replace, keepBoth, skip, directories }: WouldWrite): string[] {
  const any = create.files + replace.files + keepBoth.files + directories > 0;
  return [
    any ? null : "Nothing would be written.",
    create.files > 0
      ? `${filesOf(create.files)}, ${formatBytes(create.bytes)}, would be written where none is.`
      : null,
    replace.files > 0
      ? `${filesOf(replace.files)}, ${formatBytes(replace.bytes)}, would take the place of what is there.`
      : null,
    keepBoth.files > 0
      ? `${filesOf(keepBoth.files)}, ${formatBytes(keepBoth.bytes)}, would get a name of their own beside what is there.`
      : null,
    directories > 0 ? `${directoriesOf(directories)} would be made.` : null,
    skip.files > 0 ? `${filesOf(skip.files)}, ${formatBytes(skip.bytes)}, would be left out.` : null,
  ].filter((sentence) => sentence !== null);
}

export interface SkippedGroup {
  why: string;
  count: number;
  /** As many as were named. */
  paths: string[];
}

/** What was left out by its reason, the most frequent first. The numbers are the machine's own where it counted them, else those of the names. */
export function groupSkipped({ skipped, skippedBy }: RestoreOutcome): SkippedGroup[] {
  const groups = new Map<string, SkippedGroup>();
  for (const { why, count } of skippedBy ?? []) groups.set(why, { why, count, paths: [] });
  for (const { path, why } of skipped) {
    const group = groups.get(why) ?? { why, count: 0, paths: [] };
    group.paths.push(path);
    if (!skippedBy?.some((known) => known.why === why)) group.count++;
    groups.set(why, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** What a person does after a restore, in the order of doing it. `place` is where it was asked to go. */
export function whatNext(
  outcome: RestoreOutcome,
  { ended, place }: { ended: "well" | "early"; place: string },
): string[] {
  if (outcome.database) return [];
  const { waitsIn, writtenTo, skippedCount, keptBoth = 0, replaced = 0 } = outcome;
  if (ended === "early") {
    return [
      waitsIn
        ? `What was written waits in ${waitsIn} and is not in its place yet.`
        : "What was written stays where it is.",
      "Resume goes on from here: what is whole is not read and written again.",
    ];
  }
  const missing = groupSkipped(outcome).some(({ why }) => why.includes("not in the archive"));
  return [
    missing ? "Search for what the archive did not hold: another version may lie in another archive." : null,
    skippedCount > 0 && !missing
      ? "Correct the reasons on the machine, then restore what was left out once more with “only what is missing”."
      : null,
    keptBoth > 0 ? "Compare the pairs and delete the one that you do not want." : null,
    writtenTo !== null && (place === "restore-folder" || place === "server-folder")
      ? `Look at the files, move them to where they belong, then delete ${writtenTo}: nothing removes it by itself.`
      : null,
    writtenTo !== null && place === "original" && replaced + outcome.files > 0
      ? "Restart the programs that have these files open: they go on with the old ones until then."
      : null,
  ].filter((step) => step !== null);
}

function tellDatabase(database: { name: string; safetyDump: string | null }, bytes: number): string[] {
  const before =
    database.safetyDump === null
      ? "There was no database of that name before."
      : `What was there before lies on the machine in ${database.safetyDump}.`;
  return [`A dump of ${formatBytes(bytes)} was loaded whole into the database ${database.name}.`, before];
}

const counted = (one: string, many: string) => (count: number) =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
const filesOf = counted("file", "files");
const directoriesOf = counted("directory", "directories");
const entriesOf = counted("entry", "entries");
