/** The top of the archive that the screenshots open: folders, files, a link and a name that no terminal likes. */
export function topFolder(at: Date) {
  const entry = (
    name: string,
    type: "directory" | "file" | "symlink",
    bytes: number,
    linkTarget: string | null = null,
  ) => ({
    name: Buffer.from(name).toString("base64"),
    lossless: true,
    type,
    mode: type === "directory" ? "drwxr-xr-x" : "-rw-r--r--",
    user: "root",
    group: "root",
    bytes,
    modifiedAt: at.toISOString(),
    linkTarget,
  });
  return [
    entry("etc", "directory", 0),
    entry("root", "directory", 0),
    entry("usr", "directory", 0),
    entry("backup-notes.txt", "file", 1_832),
    entry("current", "symlink", 0, "usr/local/release-42"),
    entry("database dump of monday.sql.zst", "file", 812_334_991),
    entry("name with\na line break", "file", 12),
  ];
}
