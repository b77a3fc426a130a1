/**
 * The name of a new archive: the plan's name as far as borg and shells take it, the instant in UTC, and a salt that keeps two
 * tries within one second apart. Names are for people; we find archives by borg's id.
 */
export function archiveName(label: string, at: Date, salt: string): string {
  const plain = label
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return `${plain || "backup"}-${stamp(at)}-${salt.slice(0, 4)}`;
}

/** The name for another try of the same backup: the first try may have committed its archive after all. */
export function renewedArchiveName(name: string, at: Date, salt: string): string {
  return archiveName(name.replace(/-\d{8}T\d{6}Z-[a-z0-9]{1,4}$/, ""), at, salt);
}

/** `20261123T005649Z`: sorts by time, and has no character that a shell or Windows minds. */
function stamp(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, "");
}
