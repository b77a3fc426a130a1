import { describe, expect, it } from "vitest";
import { type LeaseMode, Leases } from "~/keeper/lease";
import { KeeperRefuses } from "~/keeper/refusal";

const never = new AbortController().signal;
const codeOf = (action: () => unknown) => {
  try {
    action();
    return "taken";
  } catch (error) {
    return error instanceof KeeperRefuses ? error.code : String(error);
  }
};

describe("Leases", () => {
  const locked = "repository-locked";
  it.each<[LeaseMode, LeaseMode, string]>([
    ["read", "read", "taken"],
    ["read", "write", "taken"],
    ["read", "audit", "taken"],
    ["read", "maintain", "session-open"],
    ["write", "read", "taken"],
    ["write", "write", locked],
    ["write", "audit", "session-open"],
    ["write", "maintain", "session-open"],
    ["audit", "read", "taken"],
    ["audit", "write", locked],
    ["audit", "audit", locked],
    ["audit", "maintain", locked],
    ["maintain", "read", locked],
    ["maintain", "write", locked],
    ["maintain", "audit", locked],
    ["maintain", "maintain", locked],
  ])("while one is held to %s, another to %s is: %s", (held, wanted, answer) => {
    const leases = new Leases();
    const release = leases.take("a", held);
    expect(codeOf(() => leases.take("a", wanted))).toBe(answer);
    expect(codeOf(() => leases.take("b", wanted))).toBe("taken");
    release();
    const again = new Leases();
    again.take("a", held)();
    expect(codeOf(() => again.take("a", wanted))).toBe("taken");
  });

  it("are given back once, however often that is called", () => {
    const leases = new Leases();
    const [one, two] = [leases.take("a", "read"), leases.take("a", "read")];
    one();
    one();
    expect(codeOf(() => leases.take("a", "maintain"))).toBe("session-open");
    two();
    expect(codeOf(() => leases.take("a", "maintain"))).toBe("taken");
  });

  it("are granted in the order they were asked for, as soon as nothing excludes them", async () => {
    const leases = new Leases();
    const write = leases.take("a", "write");
    const granted: string[] = [];
    const note = (name: string) => (release: () => void) => {
      granted.push(name);
      return release;
    };
    const audit = leases.audit("a", 60_000, never).then(note("audit"));
    const next = leases.write("a", 60_000, never).then(note("write"));
    const read = leases.read("a", 60_000, never).then(note("read"));
    (await read)();
    write();
    (await audit)();
    (await next)();
    expect(granted).toEqual(["read", "audit", "write"]);
  });

  it("tell who is kept out what keeps them out, as long as it does", () => {
    const leases = new Leases();
    const say = "This repository is being moved.";
    leases.take("a", "maintain");
    leases.explain("a", say);
    expect(() => leases.take("a", "read")).toThrow(say);
    leases.explain("a", null);
    expect(() => leases.take("a", "read")).toThrow("The server is working on this repository");
  });

  it("forget who went away while waiting", async () => {
    const leases = new Leases();
    const write = leases.take("a", "write");
    const gone = new AbortController();
    const session = leases.write("a", Number.POSITIVE_INFINITY, gone.signal);
    gone.abort();
    await expect(session).rejects.toMatchObject({ code: "cancelled" });
    write();
    expect(codeOf(() => leases.take("a", "write"))).toBe("taken");
    await expect(leases.read("a", 0, gone.signal)).rejects.toMatchObject({ code: "cancelled" });
  });

  it("wait as long as they are told, then say what is in the way", async () => {
    const leases = new Leases();
    const session = leases.take("a", "write");
    await expect(leases.audit("a", 0, never)).rejects.toMatchObject({ code: "session-open" });
    const audit = leases.audit("a", 5_000, never);
    session();
    (await audit)();
  });
});
