/** Tells which paths of a selection are in no item that went by. Paths are binary strings. */
export function missingPaths(selection: readonly string[]) {
  const missing = new Set(
    selection.map((text) => Buffer.from(text, "base64").toString("latin1").replace(/\/+$/, "")),
  );
  return {
    seen(path: string) {
      if (missing.size === 0) return;
      for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
        missing.delete(path.slice(0, end));
    },
    missing: () => [...missing].map((path) => Buffer.from(path, "latin1").toString("utf8")),
  };
}
