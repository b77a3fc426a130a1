import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellLine } from "./shell-line";

it("leaves plain words as they are and quotes the others", () => {
  expect(shellLine(["borg", "create", "--exclude=pp:/x", "--", "/home/a b", "it's", "~x", ""])).toBe(
    `borg create --exclude=pp:/x -- '/home/a b' 'it'\\''s' '~x' ''`,
  );
});

it("is read by a shell as the same words, whatever is in them", () => {
  // No NUL: no command line can hold one.
  const word = fc.string({ maxLength: 20, unit: "binary" }).map((text) => text.replaceAll("\0", ""));
  const sayings = fc.sample(fc.array(word, { minLength: 1, maxLength: 5 }), 30);
  for (const words of sayings) {
    const heard = execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${shellLine(words)}`], { encoding: "utf8" });
    const sent = words.map((text) => Buffer.from(text).toString("utf8"));
    expect(heard.split("\0").slice(0, -1)).toEqual(sent);
  }
});
