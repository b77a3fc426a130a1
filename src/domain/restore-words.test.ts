import { describe, expect, it } from "vitest";
import { EXISTING, OWNERS } from "./restore-request";
import { mayOverwrite, type RestorePlan, tellRestorePlan, whyFolderUnusable } from "./restore-words";

const of = (text: string) => Buffer.from(text, "utf8").toString("base64");
const plan: RestorePlan = {
  parts: [{ archiveName: "system-1", selection: [of("etc/hosts"), of("etc/pass\nwd")] }],
  toName: "web-01",
  isOther: false,
  target: { kind: "restore-folder" },
  restoreFolder: "/var/restore",
  existing: "overwrite",
  owners: "keep",
};
const everything = { archiveName: "system-1", selection: null };

describe("a restore in words", () => {
  it("names what is restored, from where, to where", () => {
    expect(tellRestorePlan(plan).what).toBe(
      "Reads /etc/hosts and /etc/pass\\nwd from system-1 and writes it into a new folder below /var/restore on web-01. The archive stays as it is.",
    );
    expect(tellRestorePlan({ ...plan, parts: [everything] }).what).toMatch(/^Reads everything from/);
    const many = { archiveName: "a", selection: Array(12).fill(of("a")) };
    expect(tellRestorePlan({ ...plan, parts: [many] }).what).toMatch(/^Reads 12 files and folders/);
  });

  it("tells several archives in their order, and which one wins", () => {
    const parts = [everything, { archiveName: "system-2", selection: [of("etc/hosts")] }];
    expect(tellRestorePlan({ ...plan, parts }).what).toBe(
      "Reads everything from system-1, then /etc/hosts from system-2 and writes it into a new folder below /var/restore on web-01. Of the same path the later one stays. The archives stay as they are.",
    );
  });

  it("says how it travels to another machine, and nothing of it otherwise", () => {
    expect(tellRestorePlan(plan).travels).toBeNull();
    const other = tellRestorePlan({ ...plan, toName: "web-02", isOther: true });
    expect(other.travels).toMatch(/^web-02 gets only what is chosen here.*never gets the key/);
  });

  it("says when what is there now would be replaced, and asks for it only then", () => {
    const original = { ...plan, target: { kind: "original" } } as const;
    expect(tellRestorePlan(original).existing).toMatch(/are replaced/);
    expect(EXISTING.filter((existing) => mayOverwrite({ ...original, existing }))).toEqual(["overwrite"]);
    const folder = { kind: "folder", path: "/srv" } as const;
    expect(mayOverwrite({ target: folder, existing: "overwrite" })).toBe(true);
    for (const kind of ["restore-folder", "server-folder"] as const) {
      expect(mayOverwrite({ target: { kind }, existing: "overwrite" })).toBe(false);
      expect(tellRestorePlan({ ...plan, target: { kind } }).existing).toMatch(
        /Nothing that exists is touched/,
      );
    }
  });

  it("has other words for every choice", () => {
    const original = { ...plan, target: { kind: "original" } } as const;
    const said = EXISTING.map((existing) => tellRestorePlan({ ...original, existing }).existing);
    expect(new Set(said).size).toBe(EXISTING.length);
    expect(new Set(OWNERS.map((owners) => tellRestorePlan({ ...plan, owners }).owners)).size).toBe(
      OWNERS.length,
    );
  });

  it.each([
    ["", /Type/],
    ["srv", /Start at the top/],
    ["/srv/../etc", /without/],
  ])("refuses %j as a folder", (path, reason) => {
    expect(whyFolderUnusable(path)).toMatch(reason);
  });

  it("takes an absolute folder", () => {
    expect(whyFolderUnusable("/srv/restore")).toBeNull();
  });
});
