import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { sealFor } from "~/protocol/sealed-box";
import { agentFolder } from "./agent-folder";
import { openSealedBox, sealingKey, sealingKeyForConsole } from "./sealing-key";

const dir = mkdtempSync(join(tmpdir(), "bbs-sealing-"));
const folder = agentFolder(join(dir, "one"));
const other = agentFolder(join(dir, "two"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("a sealed box", () => {
  it("brings any text from the browser to the agent it was sealed to", async () => {
    const key = await sealingKey(folder);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        // Half surrogate pairs have no UTF-8.
        const whole = Buffer.from(text).toString();
        expect(openSealedBox(key, await sealFor(sealingKeyForConsole(key), whole))).toBe(whole);
      }),
      { numRuns: 50 },
    );
  });

  it("is another one each time, so that the server cannot compare passwords", async () => {
    const to = sealingKeyForConsole(await sealingKey(folder));
    expect(await sealFor(to, "secret")).not.toBe(await sealFor(to, "secret"));
  });

  it("stays closed for every other key", async () => {
    const box = await sealFor(sealingKeyForConsole(await sealingKey(folder)), "secret");
    expect(openSealedBox(await sealingKey(other), box)).toBeNull();
  });

  it("stays closed once a bit of it was changed, or it was cut", async () => {
    const key = await sealingKey(folder);
    const box = Buffer.from(await sealFor(sealingKeyForConsole(key), "secret"), "base64");
    for (let at = 0; at < box.length; at++) {
      const changed = Buffer.from(box);
      changed[at] = (changed[at] ?? 0) ^ (at === 32 ? 1 : 0x40);
      expect(openSealedBox(key, changed.toString("base64"))).toBeNull();
    }
    for (const length of [0, 1, 33, box.length - 1]) {
      expect(openSealedBox(key, box.subarray(0, length).toString("base64"))).toBeNull();
    }
  });

  it("is not made for something that is no key", async () => {
    await expect(sealFor("AAAA", "secret")).rejects.toThrow();
  });
});

describe("the agent's sealing key", () => {
  it("is made once, for the agent's account only", async () => {
    const first = sealingKeyForConsole(await sealingKey(folder));
    expect(sealingKeyForConsole(await sealingKey(folder))).toBe(first);
    expect(statSync(folder.sealingKey).mode & 0o777).toBe(0o600);
  });

  it("is not silently made anew when its file is damaged", async () => {
    writeFileSync(other.sealingKey, "junk");
    await expect(sealingKey(other)).rejects.toThrow("is damaged");
  });
});
