import { describe, expect, it } from "vitest";
import {
  partsOf,
  versionsFromAddress,
  versionsToAddress,
  withoutVersion,
  withVersion,
} from "./restore-versions";

const of = (text: string) => Buffer.from(text, "latin1").toString("base64");
const [MONDAY, TUESDAY, WEDNESDAY] = ["aaaaaaaaaa1", "aaaaaaaaaa2", "aaaaaaaaaa3"];
const hosts = { archiveId: MONDAY, path: of("etc/hosts") };

describe("chosen versions", () => {
  it("holds one version of a path, the one chosen last", () => {
    const versions = withVersion(withVersion([], hosts), { ...hosts, archiveId: TUESDAY });
    expect(versions).toEqual([{ ...hosts, archiveId: TUESDAY }]);
    expect(withoutVersion(versions, { ...hosts, archiveId: TUESDAY })).toEqual([]);
  });

  it("writes what is ticked first, so that a single version takes the place of the one in its folder", () => {
    expect(partsOf(WEDNESDAY, [of("etc")], [hosts, { archiveId: TUESDAY, path: of("a") }])).toEqual([
      { archiveId: WEDNESDAY, paths: [of("etc")] },
      { archiveId: MONDAY, paths: [of("etc/hosts")] },
      { archiveId: TUESDAY, paths: [of("a")] },
    ]);
    expect(partsOf(WEDNESDAY, [], [hosts])).toEqual([{ archiveId: MONDAY, paths: [of("etc/hosts")] }]);
    expect(partsOf(WEDNESDAY, [], [])).toEqual([]);
  });

  it("comes back from an address as it went in, names that are not UTF-8 too", () => {
    const versions = [
      hosts,
      { archiveId: MONDAY, path: of("b\xff?~.") },
      { archiveId: TUESDAY, path: of("c") },
    ];
    expect(versionsFromAddress(versionsToAddress(versions))).toEqual(versions);
  });

  it.each(["", "~", "!.a", `${"x".repeat(5)}`, "aaaaaaaaaa1", "aaaaaaaaaa1..!!"])(
    "takes nothing out of %j",
    (text) => {
      expect(versionsFromAddress(text)).toEqual([]);
    },
  );
});
