import { describe, expect, it } from "vitest";
import { whyTargetForbidden } from "./restore-target";

const policy = {
  restoreFolder: "/var/lib/bbs/restores",
  restorePaths: ["/srv/back/"],
  restoreToOriginal: true,
};
const own = { madeByClient: true };
const to = (path: string) => whyTargetForbidden(policy, { kind: "folder", path }, own);

describe("whyTargetForbidden", () => {
  it.each(["/srv/back", "/srv/back/", "/srv/back/a b", "/srv//back/./x", "/var/lib/bbs/restores/today"])(
    "allows %s",
    (path) => {
      expect(to(path)).toBeNull();
    },
  );

  it.each(["/", "/srv", "/srv/backup", "/srv/back/../../etc", "/etc", "/srv/back/.."])(
    "forbids %s",
    (path) => {
      expect(to(path)).toEqual(expect.any(String));
    },
  );

  it("allows the restore folder always", () => {
    expect(whyTargetForbidden({ ...policy, restorePaths: [] }, { kind: "restore-folder" }, own)).toBeNull();
  });

  it("allows original places only where the policy does and the agent made the archive", () => {
    const original = { kind: "original" } as const;
    expect(whyTargetForbidden(policy, original, own)).toBeNull();
    expect(whyTargetForbidden(policy, original, { madeByClient: false })).toMatch(/made itself/);
    expect(whyTargetForbidden({ ...policy, restoreToOriginal: false }, original, own)).toMatch(/policy/);
  });
});
