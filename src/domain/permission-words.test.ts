import { describe, expect, it } from "vitest";
import { GRANTABLE, PRESETS } from "./permission";
import { PERMISSION_WORDS, sayGrantShortly, sayGrants } from "./permission-words";

const nameOf = (id: string) => (id === "aaa" ? "web-01" : "?");

describe("permissions in words", () => {
  it("have a name, a verb and a consequence each", () => {
    expect(Object.keys(PERMISSION_WORDS).sort()).toEqual([...GRANTABLE].sort());
  });

  it("say what and with which clients", () => {
    expect(
      sayGrants(
        [
          { clientId: null, tag: null, permissions: PRESETS.operator },
          { clientId: null, tag: "db", permissions: ["view"] },
          { clientId: "aaa", tag: null, permissions: PRESETS.owner },
        ],
        nameOf,
      ),
    ).toEqual([
      "May look at, back up and restore every client, also those added later.",
      "May look at every client tagged db, also those tagged later.",
      "May do everything that can be granted, also delete archives and read passphrases, with web-01.",
    ]);
    expect(sayGrants([], nameOf)).toEqual([]);
  });

  it("are short in a table", () => {
    const short = (grant: Parameters<typeof sayGrantShortly>[0]) => sayGrantShortly(grant, nameOf);
    expect(short({ clientId: "aaa", tag: null, permissions: PRESETS.viewer })).toBe("web-01: viewer");
    expect(short({ clientId: null, tag: "db", permissions: ["view", "restore"] })).toBe(
      "tag db: 2 permissions",
    );
    expect(short({ clientId: null, tag: null, permissions: PRESETS.owner })).toBe("all clients: owner");
  });
});
