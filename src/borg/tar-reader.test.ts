import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type TarMember, tarReader } from "./tar-reader";

type Read = TarMember & { contents: Buffer };

async function readInPieces(tar: Buffer, cuts: readonly number[]): Promise<{ all: Read[]; ended: boolean }> {
  const all: Read[] = [];
  let pieces: Buffer[] = [];
  let open: TarMember | null = null;
  const reader = tarReader({
    begin: (member) => {
      open = member;
      pieces = [];
    },
    data: (piece) => void pieces.push(Buffer.from(piece)),
    end: () => {
      if (open) all.push({ ...open, contents: Buffer.concat(pieces) });
    },
  });
  let from = 0;
  for (const cut of [...new Set([...cuts, tar.length])].sort((a, b) => a - b)) {
    await reader.push(tar.subarray(from, cut));
    from = cut;
  }
  return { all, ended: reader.ended() };
}

function madeByTar(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "bbs-tar-"));
  try {
    const deep = "long-name-".repeat(9);
    mkdirSync(join(folder, deep, deep), { recursive: true });
    writeFileSync(join(folder, deep, deep, "file"), Buffer.alloc(1500, 7));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x41])]), "odd");
    writeFileSync(join(folder, "empty"), "");
    writeFileSync(join(folder, "whole-block"), Buffer.alloc(512, 1));
    linkSync(join(folder, "whole-block"), join(folder, "z-second-name"));
    symlinkSync("nowhere", join(folder, "link"));
    return execFileSync("tar", ["--format=gnu", "--sort=name", "-C", folder, "-cf", "-", "."]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("reads names of any length and bytes, links and contents, wherever the pieces are cut", async () => {
  const tar = madeByTar();
  const whole = await readInPieces(tar, []);
  expect(whole.ended).toBe(true);
  const deep = "long-name-".repeat(9);
  const shown = whole.all.map(({ path, type, bytes }) => [path.toString("latin1"), type, bytes]);
  expect(shown).toEqual(
    expect.arrayContaining([
      [`./${deep}/${deep}/file`, "file", 1500],
      ["./\u00ffA", "file", 3],
      ["./empty", "file", 0],
      ["./whole-block", "file", 512],
      ["./z-second-name", "link", 0],
      ["./link", "symlink", 0],
      [`./${deep}`, "directory", 0],
    ]),
  );
  expect(whole.all.find(({ type }) => type === "link")?.linkTarget?.toString()).toBe("./whole-block");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(tar.length), { maxLength: 40 }), async (cuts) => {
      expect(await readInPieces(tar, cuts)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

it("knows a tar that was cut off, and refuses what is none", async () => {
  const tar = madeByTar();
  expect((await readInPieces(tar.subarray(0, 3000), [])).ended).toBe(false);
  await expect(readInPieces(Buffer.alloc(512, 65), [])).rejects.toThrow(/damaged|number/);
  const large = Buffer.alloc(512);
  large.write("file", 0);
  large.writeUInt8(0x80, 124);
  large.writeUIntBE(12 * 1024 ** 3, 130, 6);
  large.write("0", 156);
  const sum = large.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  large.write(sum.toString(8).padStart(6, "0"), 148);
  const sizes: number[] = [];
  await tarReader({ begin: ({ bytes }) => void sizes.push(bytes), data: () => {}, end: () => {} }).push(
    large,
  );
  expect(sizes).toEqual([12 * 1024 ** 3]);
});
