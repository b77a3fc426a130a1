import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";
import { releaseSigner, signedRelease } from "~tests/support/signed-release";

let seeded: SeededConsole;
const work = mkdtempSync(join(tmpdir(), "bbs-release-"));
const signer = releaseSigner();

beforeAll(async () => {
  seeded = await startSeededConsole({
    prepare: async (pool) => {
      const value = JSON.stringify({ releaseKeys: [signer.key] });
      await pool.sql`
        insert into settings (name, value, changed_at) values ('updates', ${value}::text::jsonb, now())
        on conflict (name) do update set value = excluded.value`;
    },
  });
});
afterAll(async () => {
  await seeded?.stop();
  rmSync(work, { recursive: true });
});

/** The files of a release, as they lie in its folder. */
function filesOf(release: ReturnType<typeof signedRelease>, name: string): string[] {
  const folder = mkdtempSync(join(work, `${name}-`));
  const all = [
    { name: "manifest.json", bytes: release.manifest },
    { name: "manifest.sig", bytes: release.signatures },
    ...release.files,
  ];
  return all.map((file) => {
    writeFileSync(join(folder, file.name), file.bytes);
    return join(folder, file.name);
  });
}

test("an admin adds a release from files, reads what is new in it, and removes it", async () => {
  const { page, open, complaints } = seeded;
  await open("/updates");
  await page.getByText("No release is here yet").waitFor();
  const release = signedRelease([signer], {
    ...{ version: "2.5.0", notes: "Restores are faster." },
    files: { "bbs-agent.mjs": randomBytes(2_500_000) },
  });
  const stranger = signedRelease([releaseSigner()], { version: "6.6.6" });

  await page.getByRole("button", { name: "Add a release" }).click();
  const picker = page.getByLabel("Files of the release");
  await picker.setInputFiles(filesOf(stranger, "stranger"));
  await page.getByRole("button", { name: "Take it in" }).click();
  await page.getByText(/None of the release keys of this server signed it/).waitFor();
  await picker.setInputFiles(filesOf(release, "release"));
  await page.getByRole("button", { name: "Take it in" }).click();
  await page.getByText("Restores are faster.").waitFor();
  await page.getByText("all files here").waitFor();

  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("2.5.0");
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.getByText("No release is here yet").waitFor();
  expect(complaints.filter((text) => !/400/.test(text))).toEqual([]);
});

test("the settings show the keys that are believed, and take no address that is none", async () => {
  const { page, open } = seeded;
  await open("/settings/updates");
  expect(await page.getByRole("list", { name: "Release keys" }).getByRole("textbox").inputValue()).toBe(
    signer.key,
  );
  await page.getByLabel("Address").fill("no address");
  await page.getByLabel("Address").blur();
  await page.getByText("Use an address that begins with https://.").waitFor();
});
