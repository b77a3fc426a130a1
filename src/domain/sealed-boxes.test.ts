import { expect, it } from "vitest";
import { NO_OPTIONS } from "./no-options";
import type { DatabaseSource } from "./plan-options";
import { KEPT_BOX, withBoxes, withoutBoxes } from "./sealed-boxes";

const source: DatabaseSource = {
  ...{
    engine: "postgresql",
    name: "crm",
    databases: ["crm"],
    host: "db.example.test",
    port: 5432,
    user: "backup",
  },
  credentials: { kind: "sealed", box: "c2VhbGVk" },
};
const options = { ...NO_OPTIONS, databases: [source] };

it("takes every box out and leaves the rest as it is", () => {
  const shown = withoutBoxes(options);
  expect(JSON.stringify(shown)).not.toContain("c2VhbGVk");
  expect(shown.databases[0]).toEqual({ ...source, credentials: { kind: "sealed", box: KEPT_BOX } });
});

it("puts the stored box back where the source came without, whatever else of it changed", () => {
  const shown = withoutBoxes({ ...options, databases: [{ ...source, databases: [] }] });
  expect(withBoxes(shown, [source]).options?.databases).toEqual([{ ...source, databases: [] }]);
});

it.each([
  ["server", { host: "evil.example.test" }],
  ["port", { port: 1 }],
  ["account", { user: "root" }],
  ["engine", { engine: "mysql" as const }],
  ["name", { name: "other" }],
])("wants the password again for another %s", (_, change) => {
  const shown = withoutBoxes({ ...options, databases: [{ ...source, ...change }] });
  expect(withBoxes(shown, [source])).toEqual({ options: null, lost: { ...source, ...change }.name });
});

it("takes a box that was typed anew", () => {
  const typed: DatabaseSource = { ...source, host: "new", credentials: { kind: "sealed", box: "bmV3" } };
  expect(withBoxes({ ...options, databases: [typed] }, [source]).options?.databases).toEqual([typed]);
});
