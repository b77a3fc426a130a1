import { describe, expect, it } from "vitest";
import { Leases } from "~/keeper/lease";
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
  it("are shared by sessions and held alone by a write", async () => {
    const leases = new Leases();
    const [one, two] = [await leases.share(["a"], never), await leases.share(["a", "b"], never)];
    expect(codeOf(() => leases.take("a"))).toBe("session-open");
    one();
    one();
    expect(codeOf(() => leases.take("a"))).toBe("session-open");
    expect(codeOf(() => leases.take("c"))).toBe("taken");
    expect(codeOf(() => leases.take("c"))).toBe("repository-locked");
    two();
    expect(codeOf(() => leases.take("a"))).toBe("taken");
  });

  it("keep a session waiting until the write has ended, then grant it before another write", async () => {
    const leases = new Leases();
    const write = leases.take("a");
    let granted = false;
    const session = leases.share(["a", "b"], never).then((release) => {
      granted = true;
      return release;
    });
    await Promise.resolve();
    expect(granted).toBe(false);
    write();
    expect(codeOf(() => leases.take("a"))).toBe("session-open");
    expect(codeOf(() => leases.take("b"))).toBe("session-open");
    (await session)();
    expect(codeOf(() => leases.take("b"))).toBe("taken");
  });

  it("forget a session that went away while it waited", async () => {
    const leases = new Leases();
    const write = leases.take("a");
    const gone = new AbortController();
    const session = leases.share(["a"], gone.signal);
    gone.abort();
    await expect(session).rejects.toMatchObject({ code: "cancelled" });
    write();
    expect(codeOf(() => leases.take("a"))).toBe("taken");
  });

  it("wait a moment for a session that is ending, and no longer", async () => {
    const leases = new Leases();
    const session = await leases.share(["a"], never);
    await expect(leases.takeSoon("a", 0, never)).rejects.toMatchObject({ code: "session-open" });
    const write = leases.takeSoon("a", 5_000, never);
    session();
    (await write)();
  });
});
