import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { PassThrough, Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ReaderGone, TarStream, tarHeader } from "./tar-stream";

async function tarOf(write: (tar: TarStream) => Promise<unknown>, partBytes = 1000): Promise<Buffer> {
  const out = new PassThrough({ highWaterMark: 64 });
  const read = buffer(out);
  const tar = new TarStream(out, partBytes);
  await write(tar);
  await tar.end();
  return read;
}

it("brings any stream back through the system's own tar, whole and in order", async () => {
  const stream = fc.array(fc.uint8Array({ maxLength: 2500 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(stream, async (chunks) => {
      const content = Buffer.concat(chunks);
      const parts = chunks.map((chunk) => Buffer.from(chunk));
      const archive = await tarOf(async (tar) => {
        const written = await tar.dump("databases/main/app.dump", Readable.from(parts));
        expect(written).toEqual({
          path: "databases/main/app.dump",
          bytes: content.length,
          sha256: createHash("sha256").update(content).digest("hex"),
        });
        await tar.file("databases/manifest.json", "{}");
      });
      const extract = (path: string) => execFileSync("tar", ["-xO", "-f", "-", path], { input: archive });
      if (content.length > 0) expect(extract("databases/main/app.dump").equals(content)).toBe(true);
      expect(extract("databases/manifest.json").toString()).toBe("{}");
    }),
    { numRuns: 25 },
  );
});

it("gives the same bytes for the same dump, so that borg stores them once", async () => {
  const dump = () => tarOf((tar) => tar.dump("databases/a/b", Readable.from([Buffer.from("rows")])));
  expect((await dump()).equals(await dump())).toBe(true);
});

it("holds the longest path that we make, and refuses one that it cannot", () => {
  const path = `databases/${"s".repeat(60)}/${"d".repeat(80)}.dump/00000001`;
  const archive = Buffer.concat([tarHeader(path, 0), Buffer.alloc(1024)]);
  expect(execFileSync("tar", ["-tf", "-"], { input: archive }).toString().trim()).toBe(path);
  expect(() => tarHeader("x".repeat(300), 0)).toThrow(RangeError);
  expect(() => tarHeader("a b", 0)).toThrow(RangeError);
});

it("stops when nobody reads any more", async () => {
  const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
  const endless = (async function* () {
    for (;;) yield Buffer.alloc(700);
  })();
  await expect(new TarStream(gone, 1000).dump("databases/a/b", endless)).rejects.toThrow(ReaderGone);
});
