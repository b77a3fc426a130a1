import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attack, Attacker } from "../attack";
import type { Packable } from "../msgpack";
import { gainedBy, inSession } from "../session";

const of = (attack: Omit<Attack, "family">): Attack => ({ family: "keys", ...attack });

const saveKey = (keydata: Buffer) => (attacker: Attacker) =>
  inSession(attacker, async (rpc) => {
    await rpc.call("save_key", { keydata });
    return null;
  });

const nonce = (attacker: Attacker) => {
  const file = join(attacker.storedPath, "nonce");
  return existsSync(file) ? BigInt(`0x${readFileSync(file, "utf8").trim() || "0"}`) : 0n;
};

const reserve =
  (to: Packable, words: string, isWrong: (before: bigint, after: bigint) => boolean) =>
  async (attacker: Attacker): Promise<string | null> => {
    const before = nonce(attacker);
    const reply = await inSession(attacker, (rpc) =>
      rpc.call("commit_nonce_reservation", { next_unreserved: to, start_nonce: before }),
    );
    return isWrong(before, nonce(attacker)) ? gainedBy(reply, words) : null;
  };

/** The repository's key, its settings and the counter that encryption must never repeat. */
export const keyAttacks: Attack[] = [
  of({
    ...{
      id: "change-passphrase",
      title: "borg key change-passphrase",
      stock: "append-only",
      layers: ["gate"],
    },
    run: async (attacker) => {
      await attacker.borg(["key", "change-passphrase"], { BORG_NEW_PASSPHRASE: "of the attacker" });
      return null;
    },
  }),
  of({
    ...{ id: "key-import", title: "borg key import of a key that opens nothing", stock: "append-only" },
    layers: ["gate"],
    run: async (attacker) => {
      const file = join(attacker.folder, "exported-key");
      await attacker.borg(["key", "export", attacker.url, file]);
      const [first = "", ...body] = readFileSync(file, "utf8").trim().split("\n");
      writeFileSync(file, [first, ...body.reverse()].join("\n"));
      await attacker.borg(["key", "import", attacker.url, file]);
      return null;
    },
  }),
  of({
    ...{ id: "save-key-junk", title: "the save_key call with junk", stock: "append-only", layers: ["gate"] },
    run: saveKey(Buffer.from(randomBytes(300).toString("base64"))),
  }),
  of({
    ...{
      id: "save-key-empty",
      title: "the save_key call with nothing",
      stock: "append-only",
      layers: ["gate"],
    },
    run: saveKey(Buffer.alloc(0)),
  }),
  of({
    ...{ id: "save-key-settings", title: "the save_key call with lines that look like settings" },
    ...{
      stock: "append-only",
      layers: ["gate"],
      run: saveKey(Buffer.from("x\nappend_only = 0\nsegments_per_dir = 1\n")),
    },
  }),
  of({
    ...{
      id: "save-key-large",
      title: "the save_key call with 15 MB",
      stock: "append-only",
      layers: ["gate"],
    },
    run: saveKey(Buffer.alloc(15 * 1024 * 1024, 0x41)),
  }),
  of({
    ...{ id: "nonce-to-the-end", title: "the nonce reserved up to its end", stock: "append-only" },
    layers: ["gate"],
    run: reserve(2n ** 64n - 1n, "no client can encrypt any more", (_, after) => after > 2n ** 60n),
  }),
  of({
    ...{ id: "nonce-back", title: "the nonce reserved backwards, so that it is used twice" },
    ...{ stock: "append-only", layers: ["gate"] },
    run: reserve(0, "the next backup encrypts with a used nonce", (before, after) => after < before),
  }),
  of({
    ...{ id: "nonce-confused", title: "a nonce reservation that is no number", stock: "append-only" },
    layers: ["gate"],
    run: async (attacker) => {
      const replies = await inSession(attacker, async (rpc) => [
        await rpc.call("commit_nonce_reservation", { next_unreserved: "x", start_nonce: null }),
        await rpc.call("commit_nonce_reservation", { next_unreserved: -1, start_nonce: null }),
        await rpc.call("commit_nonce_reservation", { next_unreserved: 3.5, start_nonce: null }),
        await rpc.call("commit_nonce_reservation", { next_unreserved: 2n ** 60n, start_nonce: true }),
      ]);
      return replies.some(
        (reply) =>
          reply.kind === "exception" &&
          /TypeError|Error|Exception/.test(reply.name) &&
          attacker.side === "stock",
      )
        ? "borg takes it as far as the arithmetic"
        : null;
    },
  }),
];
