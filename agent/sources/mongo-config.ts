/**
 * Reads a file as mongodump's `--config` takes it, as far as we use it: one `uri:` and maybe one `password:` a line, plain or in quotes. The
 * answer is one connection string with the password in it. Anything else in the file is refused, because it would not be heeded.
 */
export function parseMongoConfig(text: string): { uri: string; why: null } | { uri: null; why: string } {
  const no = (why: string) => ({ uri: null, why }) as const;
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, key = "", given = ""] = /^(uri|password):\s+(.*?)\s*$/.exec(line) ?? [];
    const value = unquoted(given);
    if (value === null || value === "") return no("it may hold uri and password only, one a line");
    found.set(key, value);
  }
  const uri = found.get("uri");
  if (uri === undefined || !/^mongodb(\+srv)?:\/\/./.test(uri))
    return no("it names no uri that begins with mongodb://");
  const password = found.get("password");
  if (password === undefined) return { uri, why: null };
  const parts = /^([a-z+]+:\/\/[^:@/]+)@(.*)$/s.exec(uri);
  if (!parts) return no("its uri must name a user and no password when there is a password beside it");
  return { uri: `${parts[1]}:${encodeURIComponent(password)}@${parts[2]}`, why: null };
}

/** A value of YAML in one of its three plain forms; null: something else. */
function unquoted(given: string): string | null {
  if (/^'([^']|'')*'$/.test(given)) return given.slice(1, -1).replaceAll("''", "'");
  if (given.startsWith('"')) {
    try {
      const value: unknown = JSON.parse(given);
      return typeof value === "string" ? value : null;
    } catch {
      return null;
    }
  }
  // What YAML would read as something else than these letters.
  return /^[^\s'"[\]{}&*!|>%@`#,?-]/.test(given) && !/(\s#|:\s)/.test(given) ? given : null;
}
