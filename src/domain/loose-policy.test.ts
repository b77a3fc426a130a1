import { expect, it } from "vitest";
import { whyPolicyIsLoose } from "./loose-policy";

const POLICY = { restorePaths: [], restoreToOriginal: false };

it.each([
  ["a folder of its own only", POLICY, null],
  ["a data folder", { ...POLICY, restorePaths: ["/srv/restored", "/home/ada/restored"] }, null],
  ["everything", { ...POLICY, restorePaths: ["/"] }, "restores may write below /"],
  ["everything, spelled oddly", { ...POLICY, restorePaths: ["//"] }, "restores may write below //"],
  ["/etc", { ...POLICY, restorePaths: ["/srv", "/etc"] }, "restores may write below /etc"],
  ["below /usr", { ...POLICY, restorePaths: ["/usr/local/"] }, "restores may write below /usr/local/"],
  ["all homes", { ...POLICY, restorePaths: ["/home/"] }, "restores may write below /home/"],
  ["a name that only begins alike", { ...POLICY, restorePaths: ["/etcetera", "/usr2"] }, null],
  ["original places", { ...POLICY, restoreToOriginal: true }, "restores may overwrite the original files"],
  [
    "no confinement, before all else",
    { restorePaths: ["/"], restoreToOriginal: true, restoreUnconfined: true },
    "restores are not locked into their folder",
  ],
])("judges %s", (_, policy, why) => {
  expect(whyPolicyIsLoose(policy)).toBe(why);
});
