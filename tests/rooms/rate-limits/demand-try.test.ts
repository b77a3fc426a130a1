import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byAddress, demandTry, forgiveTries } from "~/server/rate-limits/demand-try";
import { LIMITS } from "~/server/rate-limits/limits";
import { later, testDatabase } from "~tests/support/database";

describe("a limit", () => {
  it("is kept for each name by itself, and says when to come back", async () => {
    const database = await testDatabase();
    const ctx = database.nobodyCtx();
    for (let i = 0; i < LIMITS["sign-in"].tries; i++) await demandTry(ctx, "sign-in", "account ada");
    await expect(demandTry(ctx, "sign-in", "account ada")).rejects.toMatchObject({
      code: "rate-limited",
      retryAfterSeconds: 300,
      say: "Too many tries. Try again in 5 minutes.",
    });
    await expect(
      demandTry(database.nobodyCtx(later({ seconds: 299 })), "sign-in", "account ada"),
    ).rejects.toMatchObject({ retryAfterSeconds: 1, say: "Too many tries. Try again in 1 second." });
    await demandTry(ctx, "second-factor", "account ada");
    await demandTry(ctx, "sign-in", "account bob");
  });

  it("starts again for the account after a right try, but gives the address only that try back", async () => {
    const { nobodyCtx } = await testDatabase();
    const ctx = nobodyCtx();
    const address = byAddress("192.0.2.7");
    // An attacker guesses at Bob's and signs in as Mallory in between, as often as may be.
    let guesses = 0;
    const guess = async () => {
      await demandTry(ctx, "sign-in", address, "account bob");
      guesses++;
    };
    for (let round = 0; round < 20; round++) {
      await guess().catch(() => {});
      await demandTry(ctx, "sign-in", address, "account mallory")
        .then(() => forgiveTries(ctx, "sign-in", address, "account mallory"))
        .catch(() => {});
    }
    expect(guesses).toBe(5);
  });

  it("lets thousands of agents behind one address work, and none of them use up what the others have", async () => {
    const { pool, nobodyCtx } = await testDatabase();
    const ctx = nobodyCtx();
    const address = byAddress("192.0.2.7");
    const used = async (key: string, tries: number) =>
      pool.sql`
        insert into rate_limits (key, window_ends_at, used) values (${key}, ${later({ seconds: 60 }).toISOString()}, ${tries})
        on conflict (key) do update set used = excluded.used`;
    await used("agent:agent hostile", 1195);
    await used(`agent:${address}`, 59_000);
    const hostile = Array.from({ length: 100 }, () => demandTry(ctx, "agent", "agent hostile", address));
    const passed = (await Promise.allSettled(hostile)).filter(({ status }) => status === "fulfilled");
    expect(passed).toHaveLength(5);
    const others = Array.from({ length: 100 }, (_, i) => demandTry(ctx, "agent", `agent ${i}`, address));
    await Promise.all(others);
    const [row] = await pool.sql`select used from rate_limits where key = ${`agent:${address}`}`;
    expect(row?.used).toBe(59_105);
  });

  it("refuses with a clear sentence when tries cannot be counted", async () => {
    const { pool, nobodyCtx } = await testDatabase();
    await pool.end();
    await expect(demandTry(nobodyCtx(), "sign-in", "account ada")).rejects.toMatchObject({
      code: "limits-unavailable",
      retryAfterSeconds: 10,
    });
  });
});

describe("the key of an address", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });
  /** Ways to write the same address. */
  const spellings = (given: readonly number[]) => {
    const hex = given.map((one) => one.toString(16));
    const [, , , , , , high = 0, low = 0] = given;
    const dotted = `${hex.slice(0, 6).join(":")}:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
    const compressed = new URL(`http://[${hex.join(":")}]/`).hostname.slice(1, -1);
    const padded = hex.map((one) => one.padStart(4, "0")).join(":");
    return [hex.join(":"), padded, padded.toUpperCase(), dotted, compressed, `${compressed}%eth0`];
  };

  it("is the same for every spelling of an IPv6 address and for all of its /64, and another for any other /64", () => {
    fc.assert(
      fc.property(groups, groups, (one, other) => {
        fc.pre(one.slice(0, 5).some((part) => part !== 0));
        const keys = new Set(spellings(one).map(byAddress));
        const inSame = [...one.slice(0, 4), ...other.slice(4)];
        for (const text of spellings(inSame)) keys.add(byAddress(text));
        expect([...keys]).toEqual([
          `address ${one
            .slice(0, 4)
            .map((part) => part.toString(16))
            .join(":")}::/64`,
        ]);
        if (one.slice(0, 4).join() !== other.slice(0, 4).join())
          expect(byAddress(spellings(other)[0] ?? "")).not.toBe([...keys][0]);
      }),
    );
  });

  it("is that of the IPv4 address however it is wrapped", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = [a * 256 + b, c * 256 + d].map((part) => part.toString(16)).join(":");
        for (const text of [
          `::ffff:${address}`,
          `::FFFF:${address}`,
          `::ffff:${hex}`,
          `0:0:0:0:0:ffff:${hex}`,
        ])
          expect(byAddress(text)).toBe(`address ${address}`);
        expect(byAddress(address)).toBe(`address ${address}`);
      }),
    );
  });

  it("is one for everything that is no address", () => {
    for (const text of [
      null,
      "",
      "unknown",
      "evil.example",
      "1.2.3",
      "1.2.3.4.5",
      ":::",
      "192.0.2.7, 10.0.0.1",
    ])
      expect(byAddress(text)).toBe("address unknown");
  });
});
