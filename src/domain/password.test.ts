import { describe, expect, it, vi } from "vitest";
import { type EstimatePassword, passwordProblem } from "./password";

const ada = { email: "ada.lovelace@example.org", name: "Ada King" };
const strong: EstimatePassword = () => ({ score: 4, feedback: { warning: null, suggestions: [] } });

describe("a password", () => {
  it("has 10 characters at least and 72 bytes at most, and is not even estimated otherwise", () => {
    const estimate = vi.fn(strong);
    expect(passwordProblem("ninechars", ada, estimate)).toMatch(/at least 10 characters/);
    expect(passwordProblem("ü".repeat(37), ada, estimate)).toMatch(/at most 72 bytes/);
    expect(passwordProblem("x".repeat(1_000_000), ada, estimate)).toMatch(/at most 72 bytes/);
    expect(estimate).not.toHaveBeenCalled();
    expect(passwordProblem("ten charac", ada, estimate)).toBeNull();
    expect(passwordProblem("ü".repeat(36), ada, estimate)).toBeNull();
  });

  it("is refused below a score of 3, with what would make it better", () => {
    const weak =
      (score: number): EstimatePassword =>
      () => ({ score, feedback: { warning: "Common word.", suggestions: ["Add a word."] } });
    for (const score of [0, 1, 2])
      expect(passwordProblem("a password", ada, weak(score))).toBe(
        "This password is easy to guess. Common word. Add a word.",
      );
    expect(passwordProblem("a password", ada, weak(3))).toBeNull();
  });

  it("is judged with the owner's name and address known, whole and in parts", () => {
    let known: string[] = [];
    passwordProblem("a password", ada, (_, words) => {
      known = words;
      return strong("", []);
    });
    expect(known).toEqual(
      expect.arrayContaining(["ada.lovelace@example.org", "Ada King", "ada", "lovelace", "King", "borg"]),
    );
  });
});
