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
    // borg prints `?` for bytes that are no text.
    { ...entry("caf?.txt", "file", 7), lossless: false },
  ];
}

/** As many entries as one folder may show: `file-0000.dat` to `file-4999.dat`. */
export function folderOfThousands(at: Date) {
  const [like] = topFolder(at).filter((entry) => entry.type === "file");
  if (!like) throw new Error("there is no file to be like");
  return Array.from({ length: 5000 }, (_, index) => ({
    ...like,
    name: Buffer.from(`file-${String(index).padStart(4, "0")}.dat`).toString("base64"),
  }));
}
