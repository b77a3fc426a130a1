import { describe, expect, it } from "vitest";
import { compression as wireCompression } from "~/protocol/v1";
import { EMPTY_PLAN, findNestedSource } from "./plan-draft";
import { planCompression, planDraft, planExclude, planSource } from "./plan-input";
import { EXCLUDE_SUGGESTIONS, SOURCE_SUGGESTIONS, USUAL_EXCLUDES, USUAL_SOURCES } from "./plan-suggestions";
import { COMPRESSION_CHOICES, compressionWords, listWords, summarizePlan } from "./plan-words";

describe("plan input", () => {
  it.each(["/", "/etc", "/home/anna/My files", "/srv/ü", " /etc "])("reads %j", (path) => {
    expect(planSource.safeParse(path).success).toBe(true);
  });

  it.each(["", "etc", "~/files", "/home/../etc", "/proc", "/sys/kernel", "/dev"])(
    "refuses %j as a directory",
    (path) => {
      expect(planSource.safeParse(path).success).toBe(false);
    },
  );

  it("does not take a directory for a system's view because its name begins alike", () => {
    expect(planSource.safeParse("/process-data").success).toBe(true);
  });

  it.each(["*.tmp", "sh:**/.cache", "re:^/home/[^/]+/\\.cache", "re:(?P<a>x)", "/var/cache"])(
    "excludes by %j",
    (pattern) => {
      expect(planExclude.safeParse(pattern).success).toBe(true);
    },
  );

  it.each(["", "re:(", "xx:what", "a\nb"])("refuses %j as a pattern", (pattern) => {
    expect(planExclude.safeParse(pattern).success).toBe(false);
  });

  it.each(["none", "lz4", "zstd,3", "zstd,22", "auto,zstd,10", "zlib,6", "lzma,9", "auto,lz4"])(
    "takes %j on both sides",
    (text) => {
      expect(planCompression.safeParse(text).success).toBe(true);
      expect(wireCompression.safeParse(text).success).toBe(true);
    },
  );

  it.each(["zstd", "zstd,0", "zstd,23", "gzip", "auto", "auto,none", "lz4,1"])(
    "refuses %j on both sides",
    (text) => {
      expect(planCompression.safeParse(text).success).toBe(false);
      expect(wireCompression.safeParse(text).success).toBe(false);
    },
  );

  it("refuses a plan without directories or with one twice", () => {
    const plan = { ...EMPTY_PLAN, clientId: "a", repositoryId: "b", name: "System" };
    expect(planDraft.safeParse({ ...plan, sources: [] }).success).toBe(false);
    expect(planDraft.safeParse({ ...plan, sources: ["/etc", "/etc"] }).success).toBe(false);
    expect(planDraft.safeParse({ ...plan, sources: ["/etc"] }).success).toBe(true);
  });

  it("finds a directory that is read anyway", () => {
    expect(findNestedSource(["/etc", "/home/anna", "/home"])).toEqual({
      path: "/home/anna",
      within: "/home",
    });
    expect(findNestedSource(["/etc", "/etcetera"])).toBeNull();
    expect(findNestedSource(["/", "/etc"])).toEqual({ path: "/etc", within: "/" });
  });

  it("offers only what it would accept", () => {
    for (const { value } of SOURCE_SUGGESTIONS) expect(planSource.safeParse(value).success).toBe(true);
    for (const { value } of EXCLUDE_SUGGESTIONS) expect(planExclude.safeParse(value).success).toBe(true);
    for (const { value } of COMPRESSION_CHOICES) expect(planCompression.safeParse(value).success).toBe(true);
    const offered = [...SOURCE_SUGGESTIONS, ...EXCLUDE_SUGGESTIONS].map((suggestion) => suggestion.value);
    for (const value of [...USUAL_SOURCES, ...USUAL_EXCLUDES]) expect(offered).toContain(value);
  });
});

describe("a plan in words", () => {
  it("says in one paragraph what will be read, left out and written where", () => {
    const plan = {
      ...EMPTY_PLAN,
      name: "System",
      sources: ["/etc", "/home"],
      excludes: ["*.tmp"],
      oneFileSystem: true,
    };
    expect(summarizePlan(plan, { client: "web-01", repository: "web" })).toBe(
      "System reads /etc and /home on web-01 and writes to web with zstd level 3. It leaves out what matches *.tmp and directories marked as caches. It stays on the file systems these directories are on. It keeps everything, for ever. It runs when you press Back up now.",
    );
  });

  it("names what is still missing", () => {
    expect(summarizePlan(EMPTY_PLAN, { client: null, repository: null })).toMatch(
      /^Choose a client, a repository and at least one directory/,
    );
    expect(summarizePlan(EMPTY_PLAN, { client: "web-01", repository: null })).toMatch(
      /^This plan reads nothing yet on web-01 and writes to a repository you have not chosen yet/,
    );
  });

  it.each([
    ["none", "no compression"],
    ["lz4", "lz4"],
    ["zstd,3", "zstd level 3"],
    ["auto,zstd,10", "zstd level 10 where it pays"],
  ])("calls %s %s", (compression, words) => {
    expect(compressionWords(compression)).toBe(words);
  });

  it("cuts long lists with a count", () => {
    expect(listWords(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d and 3 more");
    expect(listWords(["a", "b"])).toBe("a and b");
    expect(listWords([])).toBe("");
  });
});
