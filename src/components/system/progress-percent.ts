/** How far a job is, 0 to 100; null when borg does not know how much there is (backups). */
export function progressPercent(
  progress: {
    originalBytes: number;
    totalBytes: number | null;
    files: number;
    totalFiles: number | null;
  } | null,
): number | null {
  if (!progress) return null;
  if (progress.totalBytes) return Math.min(100, (progress.originalBytes / progress.totalBytes) * 100);
  if (progress.totalFiles) return Math.min(100, (progress.files / progress.totalFiles) * 100);
  return null;
}
