import { describe, expect, it } from "vitest";
import { mayOverwrite, type RestorePlan, tellRestorePlan, whyFolderUnusable } from "./restore-words";

const of = (text: string) => Buffer.from(text, "utf8").toString("base64");
const plan: RestorePlan = {
  archiveName: "system-1",
  clientName: "web-01",
  selection: [of("etc/hosts"), of("etc/pass\nwd")],
  target: { kind: "restore-folder" },
  restoreFolder: "/var/restore",
};

describe("a restore in words", () => {
  it("names what is restored, from where, to where", () => {
    expect(tellRestorePlan(plan).what).toBe(
      "Reads /etc/hosts and /etc/pass\\nwd from system-1 and writes it into a new folder below /var/restore on web-01. The archive stays as it is.",
    );
    expect(tellRestorePlan({ ...plan, selection: null }).what).toMatch(/^Reads everything from/);
    expect(tellRestorePlan({ ...plan, selection: Array(12).fill(of("a")) }).what).toMatch(
      /^Reads 12 files and folders/,
    );
  });

  it("says when what is there now would be replaced, and asks for it only then", () => {
    expect(tellRestorePlan({ ...plan, target: { kind: "original" } }).existing).toMatch(/are replaced/);
    expect(mayOverwrite({ kind: "original" })).toBe(true);
    expect(mayOverwrite({ kind: "restore-folder" })).toBe(false);
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
