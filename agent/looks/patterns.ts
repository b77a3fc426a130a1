import { posix } from "node:path";

/**
 * Which of a plan's excludes left a path out. borg decides what is left out (the dry run asks it) but does not say by which pattern; for
 * the styles that can be told exactly this repeats what borg 1.2 and 1.4 do (patterns.py): `pf:` first, then the first that matches.
 * `re:` is Python's own language and is never run here: an expression from outside could also be made to run for ever.
 */
export type Culprit =
  | { kind: "pattern"; index: number }
  /** One of several that cannot be told apart here. */
  | { kind: "one-of" }
  | { kind: "none" };

/** Longer patterns are not matched here, so that no order keeps the agent busy with one path. */
const LONGEST_MATCHED = 512;

/** Compiles the excludes; the answer takes a path as borg prints it. */
export function culpritFinder(excludes: readonly string[]): (path: string) => Culprit {
  const patterns = excludes.map((text) => compile(text));
  const unknown = patterns.flatMap((pattern, index) => (pattern.style === "unknown" ? [index] : []));
  return (path) => {
    const bare = path.replace(/^\/+/, "");
    const full = patterns.findIndex((pattern) => pattern.style === "full" && pattern.path === bare);
    if (full >= 0) return { kind: "pattern", index: full };
    const index = patterns.findIndex((pattern) => pattern.style === "match" && pattern.matches(`${bare}/`));
    if (index >= 0) return { kind: "pattern", index };
    const [only, ...others] = unknown;
    if (only === undefined) return { kind: "none" };
    return others.length === 0 ? { kind: "pattern", index: only } : { kind: "one-of" };
  };
}

/** Whether the excludes leave out a path for certain; expressions are not asked. */
export function leavesOut(excludes: readonly string[], path: string): boolean {
  const find = culpritFinder(excludes.filter((text) => !text.startsWith("re:")));
  // borg does not enter what is left out, so a parent decides as well.
  const parts = path.split("/");
  return parts.some((_, i) => i > 0 && find(parts.slice(0, i + 1).join("/")).kind !== "none");
}

/** Indexes of the patterns that this file cannot tell apart, if there are several. */
export function indistinct(excludes: readonly string[]): Set<number> {
  const unknown = excludes.flatMap((text, index) => (compile(text).style === "unknown" ? [index] : []));
  return new Set(unknown.length > 1 ? unknown : []);
}

type Pattern =
  | { style: "full"; path: string }
  | { style: "match"; matches: (pathWithSlash: string) => boolean }
  | { style: "unknown" };

function compile(text: string): Pattern {
  const styled = /^([A-Za-z0-9]{2}):(.*)$/s.exec(text);
  const style = styled?.[1] ?? "fm";
  const pattern = styled?.[2] ?? text;
  if (pattern.length > LONGEST_MATCHED) return { style: "unknown" };
  const tidy = posix.normalize(pattern).replace(/(?!^)\/+$/, "");
  const folder = pattern.endsWith("/");
  switch (style) {
    case "pf":
      return { style: "full", path: tidy.replace(/^\/+/, "") };
    case "pp": {
      const prefix = `${tidy.replace(/\/+$/, "")}/`.replace(/^\/+/, "");
      return { style: "match", matches: (path) => path.startsWith(prefix) };
    }
    case "fm": {
      const glob = (folder ? `${tidy.replace(/\/+$/, "")}/*/` : `${tidy}/*`).replace(/^\/+/, "");
      return { style: "match", matches: machine(tokensOf(glob, "fm")) };
    }
    case "sh": {
      const glob = (folder ? `${tidy.replace(/\/+$/, "")}/**/*/` : `${tidy}/**/*`).replace(/^\/+/, "");
      return { style: "match", matches: machine(tokensOf(glob, "sh")) };
    }
    default:
      return { style: "unknown" };
  }
}

type Token =
  /** One character for which it holds. */
  | { kind: "one"; fits: (character: string) => boolean }
  /** Any number of characters for which it holds. */
  | { kind: "many"; fits: (character: string) => boolean }
  /** `**` and a slash: any number of whole names, each with its slash. */
  | { kind: "folders" };

const anything = () => true;
const notSlash = (character: string) => character !== "/";

function tokensOf(glob: string, style: "fm" | "sh"): Token[] {
  const within = style === "fm" ? anything : notSlash;
  const characters = [...glob];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (style === "sh" && characters[at + 1] === "*" && characters[at + 2] === "/") {
        tokens.push({ kind: "folders" });
        at += 2;
      } else tokens.push({ kind: "many", fits: within });
    } else if (character === "?") tokens.push({ kind: "one", fits: within });
    else if (character === "[") {
      const end = endOfSet(characters, at);
      if (end === null) tokens.push({ kind: "one", fits: (given) => given === "[" });
      else {
        tokens.push({ kind: "one", fits: setOf(characters.slice(at + 1, end)) });
        at = end;
      }
    } else tokens.push({ kind: "one", fits: (given) => given === character });
  }
  return tokens;
}

/** Where a set that begins at `start` ends: a `]` right after the beginning or after `!` is a member. */
function endOfSet(characters: readonly string[], start: number): number | null {
  let at = start + 1;
  if (characters[at] === "!") at++;
  if (characters[at] === "]") at++;
  while (at < characters.length && characters[at] !== "]") at++;
  return at < characters.length ? at : null;
}

function setOf(members: readonly string[]): (character: string) => boolean {
  const negated = members[0] === "!";
  const inside = negated ? members.slice(1) : members;
  const ranges: [string, string][] = [];
  for (let at = 0; at < inside.length; at++) {
    const from = inside[at] ?? "";
    const to = inside[at + 2];
    if (inside[at + 1] === "-" && to !== undefined) {
      ranges.push([from, to]);
      at += 2;
    } else ranges.push([from, from]);
  }
  return (character) => ranges.some(([from, to]) => character >= from && character <= to) !== negated;
}

/** Matches a whole text in time that grows with text and pattern only, never with the ways in which stars could share it. */
function machine(tokens: readonly Token[]): (text: string) => boolean {
  const end = tokens.length;
  // A `folders` token has two states: at the beginning of a name (its own number), and within one (beyond the end).
  const withinName = (at: number) => end + 1 + at;
  const enter = (states: Set<number>, at: number): void => {
    if (states.has(at)) return;
    states.add(at);
    const token = tokens[at];
    if (token?.kind === "many" || token?.kind === "folders") enter(states, at + 1);
  };
  return (text) => {
    let states = new Set<number>();
    enter(states, 0);
    for (const character of text) {
      const next = new Set<number>();
      for (const state of states) {
        const at = state > end ? state - end - 1 : state;
        const token = tokens[at];
        if (token === undefined) continue;
        if (token.kind === "folders") {
          if (character === "/") enter(next, at);
          else next.add(withinName(at));
        } else if (token.fits(character)) {
          if (token.kind === "many") enter(next, at);
          else enter(next, at + 1);
        }
      }
      if (next.size === 0) return false;
      states = next;
    }
    return states.has(end);
  };
}
