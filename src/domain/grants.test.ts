import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { givesMore, presetOf, tidyGrants } from "./grants";
import { clientId, userId } from "./id";
import {
  ACTIONS,
  GRANTABLE,
  type Grant,
  mayDo,
  type Permission,
  PRESETS,
  type UserActor,
} from "./permission";

const all = (...permissions: Permission[]): Grant => ({ clientId: null, tag: null, permissions });
const one = (id: string, ...permissions: Permission[]): Grant => ({
  clientId: clientId.parse(id),
  tag: null,
  permissions,
});
const tagged = (tag: string, ...permissions: Permission[]): Grant => ({ clientId: null, tag, permissions });

const anyGrants = fc.array(
  fc.record({
    scope: fc.constantFrom("all", "aaa", "bbb", "#web", "#db"),
    permissions: fc.subarray([...GRANTABLE]),
  }),
  { maxLength: 6 },
);
const grantsOf = (given: { scope: string; permissions: Permission[] }[]): Grant[] =>
  given.map(({ scope, permissions }) => ({
    clientId: scope === "all" || scope.startsWith("#") ? null : scope,
    tag: scope.startsWith("#") ? scope.slice(1) : null,
    permissions,
  }));

function actor(grants: Grant[]): UserActor {
  return {
    ...{ kind: "user", userId: userId.parse("u"), role: "user", via: "session", signInId: "s" },
    ...{ tokenId: null, standing: "whole", grants, scopes: null, confirmedAt: null },
  };
}

describe("grants", () => {
  it("are one per scope, with seeing in each, for all clients first, empty ones gone", () => {
    expect(
      tidyGrants([
        one("bbb", "restore"),
        tagged("web", "backup"),
        one("bbb", "backup"),
        tagged("db"),
        all("view"),
      ]),
    ).toEqual([all("view"), tagged("web", "view", "backup"), one("bbb", "view", "backup", "restore")]);
  });

  it("let one do the same when they are tidied, and tidying twice changes nothing", () => {
    fc.assert(
      fc.property(
        anyGrants,
        fc.constantFrom("aaa", "bbb", "ccc"),
        fc.subarray(["web", "db"]),
        (given, id, tags) => {
          const grants = grantsOf(given);
          const tidy = tidyGrants(grants);
          expect(tidyGrants(tidy)).toEqual(tidy);
          for (const action of ACTIONS)
            expect(mayDo(actor(tidy), action, { id, tags })).toBe(mayDo(actor(grants), action, { id, tags }));
        },
      ),
    );
  });

  it("give more only where something is added", () => {
    expect(givesMore([all("view")], [])).toBe(false);
    expect(givesMore([all("view", "backup")], [all("view")])).toBe(false);
    expect(givesMore([all("view")], [all("view", "backup")])).toBe(true);
    expect(givesMore([one("aaa", "view")], [one("bbb", "view")])).toBe(true);
    expect(givesMore([tagged("web", "view")], [all("view")])).toBe(true);
  });

  it("know the preset that they are", () => {
    expect(presetOf(PRESETS.viewer)).toBe("viewer");
    expect(presetOf([...PRESETS.operator].reverse())).toBe("operator");
    expect(presetOf(GRANTABLE)).toBe("owner");
    expect(presetOf(["view", "restore"])).toBeNull();
    expect(presetOf([])).toBeNull();
  });
});
