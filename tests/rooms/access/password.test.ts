import { describe, expect, it } from "vitest";
import { hashPassword, passwordMatches } from "~/server/access/password";

const ada = { email: "ada.lovelace@example.org", name: "Ada King" };

describe("a new password", () => {
  it.each([
    ["too short", "x8#kQ2!zL", "at least 10 characters"],
    ["too long", "é".repeat(37), "at most 72 bytes"],
    ["a common one", "password1234", "commonly used"],
    ["keys in a row", "zaqxswcdevfr", "easy to guess"],
    ["one letter", "a".repeat(72), "Repeated characters"],
    ["the own address", "ada.lovelace@example.org", "personal"],
    ["the own name", "lovelaceking", "easy to guess"],
    ["this program", "borgbackupserver", "easy to guess"],
    ["a year behind a name", "Lovelace1815", "easy to guess"],
    ["a common one in disguise", "P4$$w0rd!!", "easy to guess"],
  ])("is refused when it is %s, with what to do", async (_, password, words) => {
    await expect(hashPassword(password, ada)).rejects.toMatchObject({ code: "invalid-input" });
    await expect(hashPassword(password, ada)).rejects.toThrow(words);
  });

  it("is taken when it is a few words in any script, up to 72 bytes, and hashed with bcrypt of cost 12", async () => {
    const long = "Großmütter mögen süße Äpfel über Bächen, öfter für Götter";
    for (const password of ["correct horse battery", long, "синие лампы над заливом"]) {
      const stored = await hashPassword(password, ada);
      expect(stored).toMatch(/^\$2b\$12\$/);
      expect(await passwordMatches(password, stored)).toBe(true);
      expect(await passwordMatches(`${password} `, stored)).toBe(false);
    }
  });

  it("is judged quickly, also one that is made to take long: not much longer than hashing takes", async () => {
    const timed = async (password: string) => {
      const all: number[] = [];
      for (let i = 0; i < 2; i++) {
        const began = performance.now();
        await hashPassword(password, ada);
        all.push(performance.now() - began);
      }
      return Math.min(...all);
    };
    const usual = await timed("correct horse battery");
    expect(await timed("p4$$w0rd!1|+7@8(3".repeat(5).slice(0, 72))).toBeLessThan(usual * 5);
  });
});

describe("a password that is checked", () => {
  it("is never right without a stored one, and never beyond 72 bytes", async () => {
    const stored = await hashPassword("correct horse battery", ada);
    expect(await passwordMatches("", null)).toBe(false);
    expect(await passwordMatches("correct horse battery".padEnd(73, "x"), stored)).toBe(false);
  });

  it("takes as long for nobody as for somebody", async () => {
    const stored = await hashPassword("correct horse battery", ada);
    await passwordMatches("once", null);
    const fastest = async (against: string | null) => {
      const times: number[] = [];
      for (let i = 0; i < 4; i++) {
        const began = performance.now();
        await passwordMatches("wrong password", against);
        times.push(performance.now() - began);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await fastest(stored), await fastest(null)];
    expect(unknown).toBeGreaterThan(known * 0.6);
    expect(known).toBeGreaterThan(unknown * 0.6);
  });
});
