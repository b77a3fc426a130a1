import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isMetered, isOnMains, readMetered } from "./availability";

/** A folder as the kernel shows it. */
function supplies(given: Record<string, Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "power-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, files] of Object.entries(given)) {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`);
  }
  return folder;
}

describe("power", () => {
  it.each([
    ["a server", {}, null],
    [
      "a laptop at its adapter",
      { AC: { type: "Mains", online: "1" }, BAT0: { type: "Battery", status: "Charging" } },
      true,
    ],
    [
      "a laptop without",
      { AC: { type: "Mains", online: "0" }, BAT0: { type: "Battery", status: "Discharging" } },
      false,
    ],
    [
      "a laptop that charges by USB",
      { ucsi: { type: "USB", online: "1" }, BAT0: { type: "Battery", status: "Full" } },
      true,
    ],
    ["a battery alone that discharges", { BAT0: { type: "Battery", status: "Discharging" } }, false],
    ["a desktop with a mouse", { mouse: { type: "Battery", status: "Discharging", scope: "Device" } }, null],
  ])("of %s", async (_, given, onMains) => {
    expect(await isOnMains(supplies(given as Record<string, Record<string, string>>))).toBe(onMains);
  });

  it("is unknown where there is no such folder", async () => {
    expect(await isOnMains("/nowhere")).toBeNull();
  });
});

describe("a metered network", () => {
  it.each([
    ["GENERAL.STATE:100 (connected)\nGENERAL.METERED:yes\n", true],
    ["GENERAL.STATE:100 (connected)\nGENERAL.METERED:yes (guessed)\n", true],
    [
      "GENERAL.STATE:100 (connected)\nGENERAL.METERED:no (guessed)\n\nGENERAL.STATE:30 (disconnected)\nGENERAL.METERED:yes\n",
      false,
    ],
    ["GENERAL.STATE:100 (connected)\nGENERAL.METERED:unknown\n", null],
    ["", null],
  ])("is read from %j", (text, metered) => {
    expect(readMetered(text)).toBe(metered);
  });

  it("is unknown without a network manager", async () => {
    expect(await isMetered("/nowhere")).toBeNull();
  });
});
