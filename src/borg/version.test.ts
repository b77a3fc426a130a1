import { expect, it } from "vitest";
import { isBorgPatched, isBorgUsable, parseBorgVersion } from "./version";

it.each([
  ["borg 1.1.18", false, false],
  ["borg 1.2.0", true, false],
  ["borg 1.2.4", true, false],
  ["borg 1.2.5", true, true],
  ["borg 1.4.0", true, true],
  ["borg 2.0.0b5", false, false],
])("judges %s", (line, usable, patched) => {
  const version = parseBorgVersion(`${line}\n`);
  expect(version).not.toBeNull();
  if (!version) return;
  expect([isBorgUsable(version), isBorgPatched(version)]).toEqual([usable, patched]);
});

it.each([[""], ["bash: borg: not found"], ["borgmatic 1.7.7"], ["borg x.y"]])(
  "does not take %j for borg",
  (line) => {
    expect(parseBorgVersion(line)).toBeNull();
  },
);
