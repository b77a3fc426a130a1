import fc from "fast-check";
import { expect, it } from "vitest";
import { NO_OBJECTIVES, NO_OPTIONS } from "./no-options";
import { EMPTY_PLAN } from "./plan-draft";
import {
  applySettings,
  PLAN_PART_NAMES,
  PLAN_PARTS,
  type PlanValues,
  partsOf,
  pickParts,
} from "./plan-parts";
import { planProfile } from "./plan-settings";
import { builtInTemplates } from "./plan-templates";
import { profileChanges } from "./profile-changes";

const keep = {
  ...{ last: 0, withinHours: 0, minutely: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 },
  neverFewerThan: 0,
};
const { clientId: _c, repositoryId: _r, moreRepositoryIds: _m, name: _n, ...values } = EMPTY_PLAN;
const plan: PlanValues = { ...values, sources: ["/etc"] };

it("tells each part that would change, before and after, and none that is so already", () => {
  expect(
    profileChanges(plan, {
      keep,
      compression: plan.compression,
      options: { uploadKibPerSecond: 2048, uploadWindows: [] },
    }),
  ).toEqual([
    { part: "upload", label: "Upload limit", before: "without a limit", after: "at most 2.00 MiB/s" },
    { part: "keep", label: "Keep", before: "everything, for ever", after: "7 daily" },
  ]);
});

it("sees no change in the order of keys, as the database sorts them", () => {
  const stored = { ...plan, keep: Object.fromEntries(Object.entries(keep).reverse()) as typeof keep };
  expect(profileChanges(stored, { keep })).toEqual([]);
});

it("can set to nothing: keep everything, run only when asked", () => {
  expect(profileChanges({ ...plan, keep }, { keep: null })).toHaveLength(1);
  expect(partsOf({ schedule: null })).toEqual(["schedule"]);
});

it("leaves alone what it does not set, and changes nothing the second time", () => {
  const part = fc.subarray(PLAN_PART_NAMES, { minLength: 1 });
  const other: PlanValues = {
    ...plan,
    ...{
      sources: ["/srv"],
      excludes: ["*.iso"],
      compression: "lz4",
      oneFileSystem: true,
      excludeCaches: false,
    },
    keep,
    objectives: { ...NO_OBJECTIVES, rpoHours: 4 },
    options: { ...NO_OPTIONS, sparse: true, snapshot: "required", limitMinutes: 5, uploadKibPerSecond: 99 },
  };
  fc.assert(
    fc.property(part, (parts) => {
      const settings = pickParts(other, parts);
      expect(partsOf(settings)).toEqual(PLAN_PART_NAMES.filter((name) => parts.includes(name)));
      const applied = applySettings(plan, settings);
      expect(profileChanges(applied, settings)).toEqual([]);
      const rest = PLAN_PART_NAMES.filter((name) => !parts.includes(name));
      expect(pickParts(applied, rest)).toEqual(pickParts(plan, rest));
      expect(pickParts(applied, parts)).toEqual(settings);
    }),
  );
});

it("knows every value of a plan in exactly one part", () => {
  const parts = Object.values(PLAN_PARTS);
  const fields = parts.flatMap(({ fields }) => [...fields]);
  const options = parts.flatMap(({ options }) => [...options]);
  expect(fields.sort()).toEqual(
    Object.keys(values)
      .filter((key) => key !== "options")
      .sort(),
  );
  expect(options.sort()).toEqual(Object.keys(NO_OPTIONS).sort());
});

it.each(builtInTemplates("Europe/Berlin").map((template) => [template.key, template] as const))(
  "has a built-in template %s that passes the rules for one that a person makes",
  (_, { name, settings }) => {
    expect(planProfile.parse({ kind: "template", name, settings })).toMatchObject({ settings });
  },
);

it.each([
  ["directories", { kind: "profile", settings: { sources: ["/etc"] } }, /one machine's/],
  ["nothing", { kind: "template", settings: {} }, /at least one thing/],
  [
    "a sealed password",
    {
      kind: "template",
      settings: {
        options: {
          databases: [
            {
              ...{ engine: "mysql", name: "shop", databases: [], host: "", port: null, user: "" },
              credentials: { kind: "sealed", box: "aaaa" },
            },
          ],
        },
      },
    },
    /one machine's/,
  ],
] as const)("refuses a profile or template with %s", (_, given, why) => {
  expect(planProfile.safeParse({ name: "X", ...given }).error?.message).toMatch(why);
});
