import { describe, expect, it } from "vitest";
import type { SecurityFacts } from "./security-facts";
import { judgeSecurity, securityHeadline } from "./security-layers";

const now = new Date("2026-11-23T10:00:00Z");
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const names = [
  "separate-accounts",
  "root-owned-keys",
  "trusted-code",
  "sealed-segments",
  "quota",
  "borg-patched",
];
const protections = (off: string[] = []) =>
  names.map((name) => ({ name, on: !off.includes(name), say: `${name} said this.` }));
const node = { at: now, borgVersion: "1.4.0", protections: protections(), hasForcedCommand: true };

/** An installation on which everything is as it should be. */
const FINE: SecurityFacts = {
  now,
  node,
  tls: "given",
  isLoopback: false,
  database: { ownsTables: false, mayChangeJournal: false, hasJournalTriggers: true },
  rateLimitStore: "postgresql",
  secrets: { total: 12, underOldKeys: 0, keyId: "0a1b2c3d" },
  signIn: { requireSecondFactor: true, local: true, oidc: false, letsStrangersIn: false },
  people: { total: 3, admins: 1, withoutSecondFactor: [] },
  tokens: { total: 1, neverEnd: 0, unused: 0 },
  repositories: { total: 2, held: 0, neverAudited: 0, notSealed: 0 },
  clients: { total: 2, allowTooMuch: [], oldBorg: [] },
  journal: {
    lastCheck: { at: ago(0.5), intact: true, say: "Read the whole journal." },
    lastAnchorAt: ago(0.5),
    anchorIsSet: true,
  },
  mailIsSet: true,
  attackLab: { at: ago(3), sentence: "60 attacks, 60 contained", escaped: 0 },
};
const ada = { id: "ada", name: "Ada", admin: true };
const bob = { id: "bob", name: "Bob", admin: false };
const web = { id: "web", name: "web-01" };

const layerOf = (facts: SecurityFacts, key: string) =>
  judgeSecurity(facts).find((layer) => layer.key === key);

describe("the Security page", () => {
  it("finds nothing wrong where everything is as it should be", () => {
    const layers = judgeSecurity(FINE);
    expect(layers.filter(({ state }) => state !== "on")).toEqual([]);
    expect(securityHeadline(layers)).toBe(`All ${layers.length} protections are on.`);
    expect(layers.length).toBeGreaterThanOrEqual(18);
    expect(new Set(layers.map(({ key }) => key)).size).toBe(layers.length);
  });

  it.each<[string, string, Partial<SecurityFacts>, "weak" | "off", string]>([
    ["a node that never spoke", "gate", { node: null }, "off", "has not told"],
    ["a node that is silent", "gate", { node: { ...node, at: ago(1) } }, "weak", "last heard of"],
    ["a silent node's seals", "seal", { node: { ...node, at: ago(1) } }, "weak", "last heard of"],
    ["a node without a gate", "gate", { node: { ...node, hasForcedCommand: false } }, "off", "has not told"],
    [
      "one account for all",
      "accounts",
      { node: { ...node, protections: protections(["separate-accounts"]) } },
      "off",
      "said this",
    ],
    [
      "programs of others",
      "code",
      { node: { ...node, protections: protections(["trusted-code"]) } },
      "off",
      "trusted-code said",
    ],
    [
      "keys of others",
      "code",
      { node: { ...node, protections: protections(["root-owned-keys"]) } },
      "off",
      "root-owned-keys said",
    ],
    [
      "no seals",
      "seal",
      { node: { ...node, protections: protections(["sealed-segments"]) } },
      "off",
      "said this",
    ],
    ["no quotas", "quota", { node: { ...node, protections: protections(["quota"]) } }, "off", "said this"],
    ["a protection nobody tells of", "seal", { node: { ...node, protections: [] } }, "weak", "does not tell"],
    [
      "storage without a seal",
      "seal",
      { repositories: { ...FINE.repositories, notSealed: 1 } },
      "weak",
      "1 repository has no seal",
    ],
    [
      "a held repository",
      "audit",
      { repositories: { ...FINE.repositories, held: 1, neverAudited: 1 } },
      "weak",
      "1 repository is held",
    ],
    [
      "one never audited",
      "audit",
      { repositories: { ...FINE.repositories, neverAudited: 2 } },
      "weak",
      "2 repositories have not",
    ],
    [
      "an old borg on the server",
      "borg",
      { node: { ...node, protections: protections(["borg-patched"]) } },
      "off",
      "said this",
    ],
    [
      "an old borg on a machine",
      "borg",
      { clients: { ...FINE.clients, oldBorg: [{ ...web, version: "1.2.4" }] } },
      "weak",
      "1 of 2 machines has an older one: web-01",
    ],
    [
      "a policy that allows much",
      "policies",
      { clients: { ...FINE.clients, allowTooMuch: [{ ...web, why: "restores may write below /" }] } },
      "weak",
      "web-01 (restores may write below /)",
    ],
    ["plain http to elsewhere", "tls", { tls: "none" }, "off", "Plain http"],
    ["plain http here", "tls", { tls: "none", isLoopback: true }, "weak", "this machine only"],
    [
      "an admin without second factor",
      "second-factor",
      {
        people: { total: 3, admins: 1, withoutSecondFactor: [ada, bob] },
        signIn: { ...FINE.signIn, requireSecondFactor: false },
      },
      "off",
      "2 of 3 people have none: Ada, Bob.",
    ],
    [
      "a user without second factor",
      "second-factor",
      {
        people: { total: 3, admins: 1, withoutSecondFactor: [bob] },
        signIn: { ...FINE.signIn, requireSecondFactor: false },
      },
      "weak",
      "1 of 3 people has none: Bob.",
    ],
    [
      "an admin who must still set one up",
      "second-factor",
      { people: { total: 1, admins: 1, withoutSecondFactor: [ada] } },
      "weak",
      "nothing before",
    ],
    [
      "strangers let in",
      "sign-in",
      { signIn: { ...FINE.signIn, oidc: true, letsStrangersIn: true } },
      "weak",
      "without an admin",
    ],
    [
      "tokens for ever",
      "tokens",
      { tokens: { total: 4, neverEnd: 2, unused: 1 } },
      "weak",
      "2 tokens never end and 1 was not used",
    ],
    [
      "secrets under an old key",
      "secrets",
      { secrets: { total: 9, underOldKeys: 4, keyId: "x" } },
      "weak",
      "4 of 9 secrets",
    ],
    [
      "one role for all",
      "database",
      { database: { ownsTables: true, mayChangeJournal: true, hasJournalTriggers: true } },
      "weak",
      "one role for all",
    ],
    [
      "a journal without grants",
      "journal-guard",
      { database: { ownsTables: true, mayChangeJournal: true, hasJournalTriggers: true } },
      "weak",
      "grants do not",
    ],
    [
      "a journal without triggers",
      "journal-guard",
      { database: { ...FINE.database, hasJournalTriggers: false } },
      "off",
      "missing or switched off",
    ],
    [
      "a journal never verified",
      "journal-check",
      { journal: { ...FINE.journal, lastCheck: null } },
      "weak",
      "Not verified yet",
    ],
    [
      "one not verified for long",
      "journal-check",
      { journal: { ...FINE.journal, lastCheck: { at: ago(5), intact: true, say: "" } } },
      "weak",
      "2026-11-18",
    ],
    [
      "a broken journal",
      "journal-check",
      { journal: { ...FINE.journal, lastCheck: { at: now, intact: false, say: "Broken at 7." } } },
      "off",
      "Broken at 7.",
    ],
    [
      "no anchor",
      "journal-anchor",
      { journal: { ...FINE.journal, anchorIsSet: false } },
      "off",
      "sent nowhere",
    ],
    [
      "an anchor never sent",
      "journal-anchor",
      { journal: { ...FINE.journal, lastAnchorAt: null } },
      "weak",
      "Not sent yet",
    ],
    [
      "an anchor of long ago",
      "journal-anchor",
      { journal: { ...FINE.journal, lastAnchorAt: ago(3) } },
      "weak",
      "2026-11-20",
    ],
    ["no mail", "mail", { mailIsSet: false }, "off", "No mail server"],
    ["no attack lab", "attack-lab", { attackLab: null }, "off", "Never run"],
    [
      "an old attack lab",
      "attack-lab",
      { attackLab: { at: ago(100), sentence: "60 attacks", escaped: 0 } },
      "weak",
      "again after an update",
    ],
    [
      "an attack that got through",
      "attack-lab",
      { attackLab: { at: now, sentence: "60 attacks, 59 contained", escaped: 1 } },
      "off",
      "Do not rely",
    ],
  ])("sees %s", (_, key, change, state, say) => {
    const facts = { ...FINE, ...change };
    expect(layerOf(facts, key)).toMatchObject({ state, say: expect.stringContaining(say) });
  });

  it("counts what is on and what needs somebody", () => {
    const layers = judgeSecurity({ ...FINE, mailIsSet: false, tls: "none" });
    expect(securityHeadline(layers)).toBe(
      `${layers.length - 2} of ${layers.length} protections are on; 2 need you.`,
    );
    expect(securityHeadline(judgeSecurity({ ...FINE, mailIsSet: false }))).toMatch(/; 1 needs you\.$/);
  });

  it("says nothing against an installation that is still empty", () => {
    const nothing = { total: 0, held: 0, neverAudited: 0, notSealed: 0 };
    const facts = { ...FINE, repositories: nothing, clients: { ...FINE.clients, total: 0 } };
    expect(judgeSecurity(facts).filter(({ state }) => state !== "on")).toEqual([]);
  });

  it("names a few of many and counts the rest", () => {
    const withoutSecondFactor = Array.from({ length: 40 }, (_, n) => ({
      id: `p${n}`,
      name: `P${n}`,
      admin: false,
    }));
    const facts = { ...FINE, people: { total: 40, admins: 1, withoutSecondFactor } };
    expect(layerOf(facts, "second-factor")?.say).toContain("P0, P1, P2 and 37 more");
  });
});
