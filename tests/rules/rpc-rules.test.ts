import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { readCall } from "~/borg/rpc-call";
import { REFUSALS } from "~/gate/rpc-refusals";
import { type Judgement, RpcRules } from "~/gate/rpc-rules";
import { type Packable, packCall, packNegotiate } from "~tests/support/rpc-bytes";

const home = "/var/bbs/home/c1";
const path = `${home}/repos/r1`;
const OPEN = {
  ...{ path: "/~/repos/r1", create: false, lock_wait: 1, lock: true, exclusive: true },
  ...{ append_only: false, make_parent_dirs: false },
};
const manifest = Buffer.alloc(32);
const old = Buffer.alloc(32, 1);
const young = Buffer.alloc(32, 2);
const data = Buffer.alloc(1000);

describe("the rules for a client's calls", () => {
  let rules: RpcRules;
  const judge = (method: string, args: Record<string, Packable> = {}): Judgement => {
    const bytes = method === "hello" ? packNegotiate() : packCall(1, method, args);
    const call = readCall(bytes, 0);
    if (!call) throw new Error("the call is not whole");
    return rules.judge(call);
  };
  const say = (judgement: Judgement) => (judgement.do === "refuse" ? judgement.refusal.say : judgement.do);
  const greet = () => {
    expect(judge("hello")).toEqual({ do: "passWatched" });
    rules.answered(true);
  };
  const openForWriting = (mayPutBytes: number | null = null) => {
    greet();
    expect(judge("open", OPEN)).toMatchObject({ do: "ask", wish: { write: true } });
    rules.granted({ isKnown: (id) => id.equals(old), mayPutBytes }, true);
    expect(judge("open", OPEN)).toEqual({ do: "passWatched" });
    rules.answered(true);
  };

  beforeEach(() => {
    rules = new RpcRules(home, [path, "/elsewhere/r2"]);
  });

  describe("before a repository is open", () => {
    it.each([
      "get",
      "list",
      "scan",
      "__len__",
      "load_key",
      "rollback",
      "get_free_nonce",
      "commit",
      "put",
      "delete",
    ])("refuse %s", (method) => {
      const args: Record<string, Packable> =
        method === "get" || method === "delete" ? { id: old } : method === "put" ? { id: old, data } : {};
      if (method === "list" || method === "scan") args.limit = 10;
      expect(say(judge(method, args))).toBe(REFUSALS.notOpen.say);
      greet();
      expect(say(judge(method, args))).toBe(REFUSALS.notOpen.say);
    });

    it("let nothing overtake the answers of borg and of the keeper", () => {
      judge("hello");
      expect(judge("open", OPEN).do).toBe("wait");
      rules.answered(true);
      judge("open", OPEN);
      expect(judge("get", { id: old }).do).toBe("wait");
      rules.granted({ isKnown: () => false, mayPutBytes: null }, true);
      judge("open", OPEN);
      expect(judge("put", { id: old, data }).do).toBe("wait");
    });

    it.each([
      ["/~/repos/r1", path],
      ["~/repos/r1", path],
      [path, path],
      ["/elsewhere/r2", "/elsewhere/r2"],
    ])("know %s as a repository of the client", (given, meant) => {
      greet();
      expect(judge("open", { ...OPEN, path: given })).toEqual({
        do: "ask",
        wish: { path: meant, write: true, waitSeconds: 1 },
      });
    });

    it.each([
      "/~/repos/r2",
      "/~/repos/r1/",
      "/~/repos/../repos/r1",
      "/~//repos/r1",
      "/~root/repos/r1",
      "/./repos/r1",
      "repos/r1",
      `${path}/`,
      `${path}\0`,
      "",
    ])("refuse to open %j", (given) => {
      greet();
      expect(say(judge("open", { ...OPEN, path: given }))).toBe(REFUSALS.foreign.say);
    });

    it.each([
      ["making a repository", { create: true }],
      ["append_only", { append_only: true }],
      ["make_parent_dirs", { make_parent_dirs: true }],
      ["a lock_wait below zero", { lock_wait: -1 }],
      ["a lock_wait that is a text", { lock_wait: "1" }],
      ["a lock_wait that is a float", { lock_wait: 0.5 }],
      ["a path that is a number", { path: 1 }],
      ["a lock that is no boolean", { lock: 1 }],
      ["exclusive that is a text", { exclusive: "yes" }],
      ["an argument borg has not", { storage_quota: 1 }],
      ["__class__", { __class__: 1 }],
      ["data", { data: "x" }],
    ])("refuse open with %s", (_, more) => {
      greet();
      expect(judge("open", { ...OPEN, ...more }).do).toBe("refuse");
    });

    it.each([
      [{ lock: true, exclusive: true }, true],
      [{ lock: true, exclusive: false }, false],
      [{ lock: true, exclusive: null }, false],
      [{ lock: false, exclusive: true }, false],
      [{ lock: false, exclusive: false }, false],
    ])("take %j as writing: %s", (how, write) => {
      greet();
      expect(judge("open", { ...OPEN, ...how, lock_wait: null })).toMatchObject({
        wish: { write, waitSeconds: null },
      });
    });

    it("give the keeper's no to the one call that asked, and open nothing after it", () => {
      greet();
      judge("open", OPEN);
      rules.denied(REFUSALS.reading);
      expect(say(judge("open", OPEN))).toBe(REFUSALS.reading.say);
      expect(say(judge("open", OPEN))).toBe(REFUSALS.openTwice.say);
      expect(say(judge("get", { id: old }))).toBe(REFUSALS.notOpen.say);
    });

    it("open nothing when borg itself could not: its repository would be half there", () => {
      greet();
      judge("open", OPEN);
      rules.granted({ isKnown: () => false, mayPutBytes: null }, true);
      judge("open", OPEN);
      rules.answered(false);
      expect(say(judge("put", { id: young, data }))).toBe(REFUSALS.notOpen.say);
      expect(say(judge("open", OPEN))).toBe(REFUSALS.openTwice.say);
    });

    it.each([[[1, 1, 18]], [[2, 0, 0]], [[1]], [["1", "2"]], [[]], [null], ["1.2.4"]])(
      "greet no borg of version %j",
      (version) => {
        const data = new Map<string, Packable>([["client_version", version]]);
        expect(judge("negotiate", { client_data: data }).do).toBe("refuse");
      },
    );
  });

  describe("of a session that writes", () => {
    it("let a backup pass: reading, new objects, dropping its own, the manifest, commits", () => {
      openForWriting();
      const calls: [string, Record<string, Packable>][] = [
        ["load_key", {}],
        ["get", { id: manifest }],
        ["get_free_nonce", {}],
        ["commit_nonce_reservation", { next_unreserved: 2n ** 33n, start_nonce: null }],
        ["list", { limit: 100_000, marker: null }],
        ["scan", { limit: 100_000, marker: old }],
        ["put", { id: young, data }],
        ["put", { id: young, data: Buffer.alloc(0), wait: true }],
        ["put", { id: manifest, data, wait: false }],
        ["delete", { id: young, wait: false }],
        ["commit", { save_space: false, compact: false, threshold: 0.1, cleanup_commits: false }],
        ["__len__", {}],
        ["rollback", {}],
      ];
      for (const [method, args] of calls)
        expect([method, judge(method, args)]).toEqual([method, { do: "pass" }]);
    });

    it("keep what was stored before, and then commit no more", () => {
      openForWriting();
      const commit = { save_space: false, compact: false };
      expect(judge("commit", commit).do).toBe("pass");
      expect(say(judge("delete", { id: old }))).toBe(REFUSALS.delete.say);
      expect(say(judge("delete", { id: manifest }))).toBe(REFUSALS.delete.say);
      expect(say(judge("put", { id: old, data }))).toBe(REFUSALS.replace.say);
      expect(say(judge("commit", commit))).toBe(REFUSALS.doomed.say);
      expect(judge("rollback").do).toBe("pass");
    });

    it.each([
      ["destroy", {}],
      ["break_lock", {}],
      ["save_key", { keydata: "x" }],
      ["check", { repair: false, save_space: false, max_duration: 0 }],
      ["check", { repair: true }],
      ["inject_exception", { kind: "divide" }],
      ["close", {}],
      ["__init__", {}],
      ["toString", {}],
      ["open", OPEN],
      ["hello", {}],
      ["commit", {}],
      ["commit", { compact: true }],
      ["commit", { compact: false, threshold: "0.1" }],
      ["commit", { compact: 0 }],
      ["get", {}],
      ["get", { id: randomBytes(31) }],
      ["get", { id: [old] }],
      ["get", { id: old, data: "x" }],
      ["put", { id: young }],
      ["put", { id: 7, data }],
      ["put", { id: randomBytes(33), data }],
      ["put", { id: young, more: 1, data }],
      ["delete", { id: young, wait: 1 }],
      ["list", {}],
      ["list", { limit: null }],
      ["list", { limit: 100_001 }],
      ["list", { limit: 0 }],
      ["list", { limit: true }],
      ["scan", { limit: 10, marker: "x" }],
      ["rollback", { cleanup: true }],
      ["load_key", { x: 1 }],
    ])("refuse %s with %j", (method, args) => {
      openForWriting();
      expect(judge(method, args).do).toBe("refuse");
      expect(say(judge(method, args))).toMatch(/^bbs-gate: [^\n]*\.$/);
    });

    it("refuse nonces that jump, run back or are no numbers", () => {
      openForWriting();
      const reserve = (next_unreserved: Packable, start_nonce: Packable) =>
        judge("commit_nonce_reservation", { next_unreserved, start_nonce }).do;
      expect(reserve(2n ** 64n - 1n, 0)).toBe("refuse");
      expect(reserve(2n ** 40n + 1n, 0)).toBe("refuse");
      expect(reserve(5, 6)).toBe("refuse");
      expect(reserve(-1, 0)).toBe("refuse");
      expect(reserve(1.5, 0)).toBe("refuse");
      expect(reserve("\0\0\0\0\0\0\0\x01", 0)).toBe("refuse");
      expect(reserve(null, 0)).toBe("refuse");
      expect(reserve(2n ** 40n, 0)).toBe("pass");
      // In small steps neither: what a session has put bounds what it may reserve.
      expect(reserve(2n ** 40n + 2n ** 20n, 2n ** 40n)).toBe("refuse");
      judge("put", { id: young, data: Buffer.alloc(2 ** 20) });
      expect(reserve(2n ** 40n + 2n ** 20n, 2n ** 40n)).toBe("pass");
    });

    it("spend the quota before a byte is passed on, also by empty objects and commits, and then commit no more", () => {
      openForWriting(10_000);
      expect(judge("put", { id: young, data }).do).toBe("pass");
      expect(judge("commit", { compact: false }).do).toBe("pass");
      expect(judge("put", { id: young, data: "" }).do).toBe("pass");
      expect(judge("commit", { compact: false }).do).toBe("pass");
      expect(judge("put", { id: young, data })).toEqual({ do: "refuse", refusal: REFUSALS.quota });
      expect(judge("commit", { compact: false })).toEqual({ do: "refuse", refusal: REFUSALS.quota });
      expect(REFUSALS.quota.className).toBe("Repository.StorageQuotaExceeded");
    });
  });

  it("let a session that only reads change nothing", () => {
    greet();
    const open = { ...OPEN, lock: false };
    judge("open", open);
    rules.granted({ isKnown: () => false, mayPutBytes: null }, false);
    judge("open", open);
    rules.answered(true);
    for (const args of [{ id: old }, { id: manifest }]) expect(judge("get", args).do).toBe("pass");
    expect(judge("list", { limit: 100_000, marker: null }).do).toBe("pass");
    expect(judge("rollback").do).toBe("pass");
    const writing: [string, Record<string, Packable>][] = [
      ["put", { id: young, data }],
      ["put", { id: manifest, data }],
      ["delete", { id: young }],
      ["commit", { compact: false }],
      ["commit_nonce_reservation", { next_unreserved: 1, start_nonce: 0 }],
    ];
    for (const [method, args] of writing) expect(say(judge(method, args))).toBe(REFUSALS.reading.say);
  });
});
