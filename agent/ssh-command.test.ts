import { describe, expect, it } from "vitest";
import { AgentProblem } from "./agent-problem";
import { backoffMs, retryMs } from "./backoff";
import { certificateFingerprint, serverAddress } from "./server-link";
import { repositoryUrl } from "./ssh-command";

const target = { host: "backup.example.com", port: 2222, user: "bbs-abc", hostKeys: [] };

describe("repositoryUrl", () => {
  it("names host, port and path as borg wants them", () => {
    expect(repositoryUrl(target, "/~/repos/r1")).toBe("ssh://bbs-abc@backup.example.com:2222/~/repos/r1");
    expect(repositoryUrl({ ...target, host: "2001:db8::1" }, "/~/repos/r1")).toContain(
      "@[2001:db8::1]:2222/",
    );
  });

  it.each([
    [{ host: "-oProxyCommand=id" }, "/~/repos/r1"],
    [{ host: "a b" }, "/~/repos/r1"],
    [{ host: "a@b" }, "/~/repos/r1"],
    [{ user: "-l" }, "/~/repos/r1"],
    [{}, "/~/repos/../other"],
    [{}, "/~/repos/r1::archive"],
    [{}, "relative"],
  ])("refuses %j with path %s", (change, path) => {
    expect(() => repositoryUrl({ ...target, ...change }, path)).toThrow(AgentProblem);
  });
});

describe("serverAddress", () => {
  it("takes https, and http on this machine only", () => {
    expect(serverAddress("https://backup.example.com/")).toBe("https://backup.example.com");
    expect(serverAddress("http://127.0.0.1:3000")).toBe("http://127.0.0.1:3000");
    expect(serverAddress("http://[::1]:3000")).toBe("http://[::1]:3000");
    for (const bad of ["http://backup.example.com", "http://127.0.0.1.example.com", "ftp://x", "backup"]) {
      expect(() => serverAddress(bad)).toThrow();
    }
  });
});

it("takes a fingerprint in the usual spellings", () => {
  const hex = "ab".repeat(32);
  for (const text of [hex, hex.toUpperCase(), "AB:".repeat(32).slice(0, -1), `sha256:${hex}`]) {
    expect(certificateFingerprint(text)).toBe(hex);
  }
  expect(() => certificateFingerprint("abcd")).toThrow();
});

it("waits longer after each failure, up to the limit, and never twice the same time for everybody", () => {
  expect(backoffMs(1, 60_000, 0)).toBe(500);
  expect(backoffMs(1, 60_000, 0.999)).toBe(1000);
  expect(backoffMs(3, 60_000, 0)).toBe(2000);
  expect(backoffMs(1000, 60_000, 0)).toBe(30_000);
});

it("waits at least as long as the server asks, each agent a little longer, and never for ever", () => {
  const wait = (retryAfterSeconds: number | null, random: number) =>
    retryMs(1, { mostMs: 60_000, retryAfterSeconds, random });
  expect(wait(null, 0)).toBe(500);
  expect(wait(120, 0)).toBe(120_000);
  expect(wait(120, 0.5)).toBe(126_000);
  expect(wait(1_000_000, 0)).toBe(900_000);
});
