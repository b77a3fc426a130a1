import { describe, expect, it } from "vitest";
import { safeNonce } from "~/keeper/vault/safe-nonce";

const hex = (value: bigint) => value.toString(16).padStart(16, "0");
const STEP = 2n ** 40n;

describe("the nonce after a rollback", () => {
  it.each([
    ["skips what may have been used since the seal", hex(5n), hex(5n), hex(5n + STEP)],
    ["goes on from the present one when that is higher", hex(5n), hex(900n), hex(900n + STEP)],
    ["never goes back below the sealed one", hex(900n), hex(5n), hex(900n + STEP)],
    ["ignores an attacker's highest nonce", hex(5n), "ffffffffffffffff", hex(5n + STEP)],
    ["ignores a jump that no session makes", hex(5n), hex(5n + STEP * 65n), hex(5n + STEP)],
    ["ignores what is no nonce", hex(5n), "nonsense\n", hex(5n + STEP)],
    ["ignores a missing one", hex(5n), null, hex(5n + STEP)],
    ["starts a repository that had none", null, null, hex(STEP)],
    ["stays within 64 bits", "ffffffffffffff00", null, "ffffffffffffff00"],
  ])("%s", (_, sealed, present, wanted) => {
    expect(safeNonce(sealed, present)).toBe(wanted);
  });
});
