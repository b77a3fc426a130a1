import { formatBytes, formatCount, formatDuration } from "./quantity";

/** The parts of a backup's result (protocol v1) that are told in words. */
export interface BackupOutcome {
  archive: {
    name: string;
    durationSeconds: number;
    originalBytes: number;
    deduplicatedBytes: number;
    files: number;
  } | null;
  warnings: number;
}

/** A backup's result in sentences: what was written where. Never claims more than was reported. */
export function tellBackup(outcome: BackupOutcome, repositoryName: string | null): string[] {
  const { archive } = outcome;
  const where = repositoryName ?? "the repository";
  const written =
    archive === null
      ? `No archive was committed to ${where}.`
      : `${formatCount(archive.files)} ${archive.files === 1 ? "file" : "files"}, ${formatBytes(archive.originalBytes)}, are in ${where} as ${archive.name}. ${newBytes(archive)} It took ${formatDuration(archive.durationSeconds)}.`;
  return [written, ...warningsOf(outcome.warnings)];
}

/** How much smaller an archive is than what it holds: `3.2 times`; null when a number is missing or nothing was stored. */
export function timesSmaller(originalBytes: number | null, storedBytes: number | null): string | null {
  if (originalBytes === null || storedBytes === null || originalBytes === 0 || storedBytes === 0) return null;
  const times = originalBytes / storedBytes;
  return `${times >= 100 ? formatCount(times) : times.toFixed(1)} times`;
}

function newBytes(archive: { originalBytes: number; deduplicatedBytes: number }): string {
  return archive.deduplicatedBytes === 0
    ? "All of it was known already, so it takes no further space."
    : `${formatBytes(archive.deduplicatedBytes)} of it were new to the repository.`;
}

function warningsOf(warnings: number): string[] {
  if (warnings === 0) return [];
  return [
    `borg gave ${formatCount(warnings)} ${warnings === 1 ? "warning" : "warnings"}; the log has ${warnings === 1 ? "it" : "them"}.`,
  ];
}
