import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { programRoot } from "~tests/support/supervisor-run";

const whole = process.env.SOAK === "1" && process.getuid?.() === 0;

/** Some minutes: it installs node modules and Debian packages in a root made by debootstrap. The sample of `npm test` leaves it out. */
test.runIf(whole)(
  "a bare Debian with node and npm becomes a running server by npm start, and the image steps make both containers",
  async () => {
    const printed = await new Promise<string>((resolve) => {
      execFile(
        process.execPath,
        ["tests/fresh-machine.mjs"],
        { cwd: programRoot, maxBuffer: 64 << 20 },
        (_, stdout) => resolve(stdout),
      );
    });
    expect(printed).not.toMatch(/^FAILED/m);
    expect(printed).toMatch(/^\d+ passed, 0 failed$/m);
  },
  3_600_000,
);

test.skipIf(whole)("the image steps are named as the Dockerfile names them", async () => {
  const { readFile } = await import("node:fs/promises");
  const [docker, script] = await Promise.all(
    ["Dockerfile", "tests/fresh-machine.mjs"].map((name) => readFile(`${programRoot}/${name}`, "utf8")),
  );
  const steps = [...(docker ?? "").matchAll(/src\/supervisor\/image\/([a-z-]+\.(?:sh|mjs))/g)].map(
    (found) => found[1] ?? "",
  );
  expect(steps.length).toBeGreaterThan(3);
  for (const step of new Set(steps)) expect(script).toContain(step);
});
