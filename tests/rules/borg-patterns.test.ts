import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { culpritFinder, leavesOut } from "../../agent/looks/patterns";

/** borg's own matcher (Debian's python), asked for many cases at once: which pattern left each path out, by its index; -1: none; null: it refuses a pattern. */
const ASK_BORG = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, "/usr/lib/python3/dist-packages")
from borg.patterns import PatternMatcher, parse_exclude_pattern
answers = []
for case in json.load(sys.stdin):
    hits = []
    try:
        patterns = [parse_exclude_pattern(text) for text in case["excludes"]]
    except re.error:
        answers.append(None)
        continue
    for index, parsed in enumerate(patterns):
        matcher = PatternMatcher(fallback=True)
        matcher.add_inclexcl([parsed])
        if not matcher.match(case["path"]):
            hits.append(index)
    full = [i for i in hits if case["excludes"][i].startswith("pf:")]
    answers.append((full + hits + [-1])[0])
json.dump(answers, sys.stdout)
`;

interface Case {
  excludes: string[];
  path: string;
}

function askBorg(cases: Case[]): (number | null)[] {
  const answer = execFileSync("/usr/bin/python3", ["-c", ASK_BORG], { input: JSON.stringify(cases) });
  return JSON.parse(answer.toString());
}

const name = fc.stringMatching(/^[ab.*?[\]!^-]{1,4}$/).filter((text) => text !== "." && text !== "..");
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join("/")}`);
const part = fc.oneof(
  name,
  fc.constantFrom("*", "**", "?", "[ab]", "[!a]", "[]a]", "[a-b]*", "a*b", "*.a", "..", "."),
);
const pattern = fc
  .tuple(
    fc.constantFrom("", "fm:", "sh:", "pp:", "pf:"),
    fc.constantFrom("", "/"),
    fc.array(part, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "/"),
  )
  .map(([style, start, parts, end]) => `${style}${start}${parts.join("/")}${end}`);

it("tells the same culprit as borg's own matcher, for every style whose matches it claims to know", () => {
  const cases = fc.sample(fc.record({ excludes: fc.array(pattern, { minLength: 1, maxLength: 4 }), path }), {
    numRuns: 4000,
    seed: 5,
  });
  const told = askBorg(cases);
  cases.forEach((one, i) => {
    if (told[i] === null) return;
    const found = culpritFinder(one.excludes)(one.path);
    expect({ ...one, index: found.kind === "pattern" ? found.index : -1 }).toEqual({
      ...one,
      index: told[i],
    });
  });
  expect(told.filter((index) => index !== null && index >= 0).length).toBeGreaterThan(200);
});

it("credits an expression only when it is the only one that can be meant", () => {
  expect(culpritFinder(["*.tmp", "re:x"])("/a")).toEqual({ kind: "pattern", index: 1 });
  expect(culpritFinder(["re:x", "re:y"])("/a")).toEqual({ kind: "one-of" });
  expect(culpritFinder(["re:x", "*.tmp"])("/a.tmp")).toEqual({ kind: "pattern", index: 1 });
});

it("answers about a pattern made to take for ever at once", () => {
  const began = performance.now();
  const long = `/${"a".repeat(4000)}`;
  expect(culpritFinder([`${"*a".repeat(250)}b`, `sh:${"**/*a".repeat(80)}b`])(long).kind).toBe("none");
  expect(performance.now() - began).toBeLessThan(5000);
});

it("knows that what lies in a folder that is left out is left out", () => {
  expect(leavesOut(["pf:/srv/cache"], "/srv/cache/deep/down")).toBe(true);
  expect(leavesOut(["/srv/c"], "/srv/cache")).toBe(false);
  expect(leavesOut(["re:.*"], "/srv/cache")).toBe(false);
});
