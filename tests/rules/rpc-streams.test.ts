import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallStream, type CallVerdict } from "~/borg/rpc-call-stream";
import { packException } from "~/borg/rpc-reply";
import { ReplyStream } from "~/borg/rpc-reply-stream";
import { RpcMalformed } from "~/borg/rpc-value";
import { pack, packCall, packEntries, packNegotiate, packResult } from "~tests/support/rpc-bytes";

const put = (id: number, bytes: number, more: Record<string, boolean> = {}) =>
  packCall(id, "put", { id: randomBytes(32), data: randomBytes(bytes), ...more });

/** A backup's calls with every kind of argument and data from none to many chunks. */
const calls = [
  packNegotiate(),
  packCall(2, "open", { path: "/~/repos/r1", create: false, lock_wait: 600, lock: true, exclusive: true }),
  packCall(3, "commit_nonce_reservation", { next_unreserved: 2n ** 40n, start_nonce: null }),
  ...[0, 1, 31, 32, 255, 65_535, 65_536, 200_000].map((bytes, at) => put(10 + at, bytes)),
  put(30, 70_000, { wait: true }),
  put(31, 5, { wait: false }),
  packCall(32, "commit", { save_space: false, compact: false, threshold: 0.1, cleanup_commits: false }),
];
const stream = Buffer.concat(calls);

/** Splits at these places, whatever they cut. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
}
const anyCuts = fc.array(fc.nat(stream.length), { maxLength: 40 });

describe("a client's stream of calls", () => {
  it("goes on byte for byte, however it is cut, and each call is judged once", () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const seen: number[] = [];
        const judged = new CallStream((call) => {
          seen.push(call.id);
          return "pass";
        });
        const passed = split(stream, cuts).flatMap((piece) => judged.push(piece));
        expect(Buffer.concat(passed).equals(stream)).toBe(true);
        expect(seen).toHaveLength(calls.length);
      }),
    );
  });

  it("goes on byte for byte when it comes one byte at a time", () => {
    const short = Buffer.concat([...calls.slice(0, 8), calls.at(-1) ?? Buffer.alloc(0)]);
    const judged = new CallStream(() => "pass");
    const passed = [...short].flatMap((_, at) => judged.push(short.subarray(at, at + 1)));
    expect(Buffer.concat(passed).equals(short)).toBe(true);
  });

  it("loses the dropped calls whole and nothing else", () => {
    fc.assert(
      fc.property(anyCuts, fc.array(fc.boolean(), { minLength: calls.length }), (cuts, keeps) => {
        let at = 0;
        const judged = new CallStream(() => (keeps[at++] ? "pass" : "drop"));
        const passed = split(stream, cuts).flatMap((piece) => judged.push(piece));
        expect(Buffer.concat(passed).equals(Buffer.concat(calls.filter((_, n) => keeps[n])))).toBe(true);
      }),
    );
  });

  it("waits with everything behind a call that waits, and goes on where it stood", () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        let answer: CallVerdict = "wait";
        const judged = new CallStream((call) => (call.method === "open" ? answer : "pass"));
        const passed = split(stream, cuts).flatMap((piece) => judged.push(piece));
        expect(Buffer.concat(passed).equals(calls[0] ?? Buffer.alloc(0))).toBe(true);
        expect(judged.waitingBytes).toBe(stream.length - (calls[0]?.length ?? 0));
        answer = "pass";
        passed.push(...judged.resume());
        expect(Buffer.concat(passed).equals(stream)).toBe(true);
        expect(judged.waitingBytes).toBe(0);
      }),
    );
  });

  it("hands the client's own chunks on, not copies", () => {
    const judged = new CallStream(() => "pass");
    const chunk = put(1, 100_000);
    expect(judged.push(chunk)[0]?.buffer).toBe(chunk.buffer);
  });

  const id = randomBytes(32);
  const bombs: [string, Buffer][] = [
    ["a positional call", pack([1, 2, "put", [id, Buffer.from("x")]])],
    ["a positional negotiate with more in it", pack([1, 2, "negotiate", [new Map(), null]])],
    ["a value that is no call", pack(7)],
    ["a text", pack("borg")],
    ["junk behind a call", Buffer.concat([packCall(1, "rollback"), Buffer.from("\n")])],
    ["a key twice", packEntries([["i", 1], ["i", 2], ["a", new Map()]])], // biome-ignore format: one line each
    ["keys in another order", packEntries([["m", "rollback"], ["i", 2], ["a", new Map()]])], // biome-ignore format: one line each
    ["a key more", packEntries([["i", 1], ["m", "rollback"], ["a", new Map()], ["x", 1]])], // biome-ignore format: one line each
    ["an argument twice", Buffer.concat([packCall(1, "get").subarray(0, -1), packEntries([["id", id], ["id", id]])])], // biome-ignore format: one line each
    ["data before the id", packCall(1, "put", { data: Buffer.alloc(9), id })],
    ["something else behind the data", packCall(1, "put", { id, data: Buffer.alloc(9), wurst: true })],
    ["a number behind the data", packCall(1, "put", { id, data: Buffer.alloc(9), wait: 1 })],
    ["a call number that is a text", Buffer.from("83a169a131a16da3676574a16180", "hex")],
    ["a negative call number", packCall(-1, "rollback")],
    ["a name that is none", packCall(1, "__class__.__init__")],
    ["a name of 41 letters", packCall(1, "x".repeat(41))],
    [
      "an ext type",
      Buffer.concat([packCall(1, "rollback").subarray(0, -1), Buffer.from("81a16bd40100", "hex")]),
    ],
    [
      "a bin type",
      Buffer.concat([packCall(1, "rollback").subarray(0, -1), Buffer.from("81a16bc40100", "hex")]),
    ],
    ["a float of 4 bytes", Buffer.concat([packCall(1, "rollback").subarray(0, -1), Buffer.from("81a16bca00000000", "hex")])], // biome-ignore format: one line each
    ["the unused type", Buffer.of(0xc1)],
    ["a text of 4 GB", Buffer.concat([Buffer.from("83a16901a16d", "hex"), Buffer.from("dbffffffff", "hex")])],
    ["a map of 4 billion entries", Buffer.from("dfffffffff", "hex")],
    ["a list of 4 billion entries in the arguments", Buffer.concat([packCall(1, "rollback").subarray(0, -1), Buffer.from("81a16bddffffffff", "hex")])], // biome-ignore format: one line each
    ["lists in lists", Buffer.concat([packCall(1, "rollback").subarray(0, -1), Buffer.from("81a16b", "hex"), Buffer.alloc(9, 0x91)])], // biome-ignore format: one line each
    ["arguments of 60 KB", packCall(1, "x", Object.fromEntries([...Array(15).keys()].map((n) => [`k${n}`, "y".repeat(4000)])))], // biome-ignore format: one line each
    ["data of 20 MiB and more", Buffer.concat([packCall(1, "put", { id, data: "" }).subarray(0, -1), Buffer.from("db01400000", "hex")])], // biome-ignore format: one line each
  ];
  it.each(bombs)("ends at %s, also when it comes in two pieces", (_, bytes) => {
    for (const cut of [bytes.length, 1, bytes.length >> 1]) {
      const judged = new CallStream(() => "pass");
      const feed = () => [bytes.subarray(0, cut), bytes.subarray(cut)].map((piece) => judged.push(piece));
      expect(feed).toThrow(RpcMalformed);
    }
  });

  it("never fails in another way than malformed, whatever comes", () => {
    const mutated = fc.record({ at: fc.nat(600), byte: fc.integer({ min: 0, max: 255 }), cuts: anyCuts });
    fc.assert(
      fc.property(fc.array(mutated, { minLength: 1, maxLength: 5 }), (mutations) => {
        const bytes = Buffer.from(stream);
        for (const { at, byte } of mutations) bytes[at] = byte;
        const judged = new CallStream(() => "pass");
        try {
          for (const piece of split(bytes, mutations[0]?.cuts ?? [])) judged.push(piece);
        } catch (error) {
          expect(error).toBeInstanceOf(RpcMalformed);
        }
      }),
    );
  });
});

describe("borg's stream of replies", () => {
  const messages = [
    pack([1, 1, null, new Map([["server_version", [1, 2, 4]]])]),
    packResult(2, randomBytes(32)),
    ...[0, 1, 40, 300, 70_000].map((bytes, at) => packResult(10 + at, randomBytes(bytes))),
    packResult(
      20,
      Array.from({ length: 5000 }, () => randomBytes(32)),
    ),
    packResult(21, null),
    packResult(22, [-1, 200, 70_000, 2n ** 63n, -(2n ** 40n), 0.5, true, false, ""]),
    Buffer.from("82a169cd0102a172c403010203", "hex"),
    Buffer.from("82a169ce01020304a172c7030901020382a1690aa172d8090102030405060708090a0b0c0d0e0f10", "hex"),
  ];
  const replies = Buffer.concat(messages);
  const ours = packException({
    id: 7,
    className: "NotAllowed",
    args: ["bbs-gate: no."],
    say: "bbs-gate: no.",
  });
  const ends = [0];
  for (const message of messages.slice(0, -1)) ends.push((ends.at(-1) ?? 0) + message.length);
  // The last sample holds two messages.
  const lastTwo = (ends.at(-1) ?? 0) + (messages.at(-1)?.indexOf(Buffer.from("82a1690a", "hex")) ?? 0);
  const allEnds = new Set([...ends, lastTwo, replies.length]);

  it("goes on byte for byte, however it is cut, with ours only between two messages", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(replies.length), { maxLength: 40 }), fc.nat(40), (cuts, insertAt) => {
        const followed = new ReplyStream();
        const out: Buffer[] = [];
        split(replies, cuts).forEach((piece, at) => {
          if (at === insertAt) out.push(...followed.insert(ours));
          out.push(...followed.push(piece));
        });
        const all = Buffer.concat(out);
        const place = all.indexOf(ours);
        if (place < 0) {
          expect(all.equals(replies)).toBe(true);
          return;
        }
        const rest = Buffer.concat([all.subarray(0, place), all.subarray(place + ours.length)]);
        expect(rest.equals(replies)).toBe(true);
        expect(allEnds.has(place)).toBe(true);
      }),
    );
  });

  it("tells the next message whole, and nothing of the one after it", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(replies.length), { maxLength: 40 }), (cuts) => {
        const followed = new ReplyStream();
        const told: (Buffer | null)[] = [];
        followed.watchNext((message) => told.push(message));
        for (const piece of split(replies, cuts)) followed.push(piece);
        expect(told).toEqual([messages[0]]);
      }),
    );
  });

  it("lets the last words of a dying borg pass, but puts nothing between them", () => {
    const followed = new ReplyStream();
    const words = Buffer.concat([Buffer.of(0xc1), Buffer.from("Traceback (most recent call last):\n")]);
    expect(Buffer.concat(followed.push(words)).equals(words)).toBe(true);
    expect(followed.insert(ours)).toEqual([]);
  });
});
