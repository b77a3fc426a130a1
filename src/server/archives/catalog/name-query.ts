import { type NamesPage, readNamesPage, searchText } from "./names-page";

/** What a person typed to find files by name. */
export interface NameQuery {
  /** Part of the name; with `*` or `?` a pattern for the whole name; one or two letters: its beginning. Case does not matter. */
  text?: string | undefined;
  /** Without its dot. */
  extension?: string | undefined;
}

export interface NameMatcher {
  /** Patterns for LIKE that every page with a match fits. */
  patterns: string[];
  /** The names of a page that match, in order. */
  matches(page: NamesPage): { name: string; folder: number; at: number }[];
}

/** Nothing asked for: every name matches. */
export function nameMatcher(query: NameQuery): NameMatcher {
  const tests: ((line: string) => boolean)[] = [];
  const patterns: string[] = [];
  const text = query.text === undefined ? "" : wanted(query.text);
  if (/[*?]/.test(text)) {
    const parts = text.split(/([*?])/);
    const pattern = parts
      .map((part) => (part === "*" ? ".*" : part === "?" ? "." : escapeRegex(part)))
      .join("");
    const whole = new RegExp(`^${pattern}$`, "u");
    tests.push((line) => whole.test(line));
    const like = parts.map((part) => (part === "*" ? "%" : part === "?" ? "_" : escapeLike(part))).join("");
    patterns.push(`%\n${like}\n%`);
  } else if (text !== "" && [...text].length <= 2) {
    tests.push((line) => line.startsWith(text));
    patterns.push(`%\n${escapeLike(text)}%`);
  } else if (text !== "") {
    tests.push((line) => line.includes(text));
    patterns.push(`%${escapeLike(text)}%`);
  }
  const extension = query.extension === undefined ? "" : `.${wanted(query.extension).replace(/^\./, "")}`;
  if (extension.length > 1) {
    tests.push((line) => line.endsWith(extension));
    patterns.push(`%${escapeLike(extension)}\n%`);
  }
  return {
    patterns,
    matches: (page) =>
      readNamesPage(page).flatMap(({ line, name, folder }, at) =>
        tests.every((test) => test(line)) ? [{ name, folder, at }] : [],
      ),
  };
}

const wanted = (text: string) => searchText(Buffer.from(text, "utf8").toString("latin1"));
const escapeLike = (text: string) => text.replace(/[\\%_]/g, "\\$&");
const escapeRegex = (text: string) => text.replace(/[\\^$.|+()[\]{}/-]/g, "\\$&");
