/** Blocks of 16 bytes. No session between two audits writes so much (16 TiB each): the gate lets no single reservation jump further. */
const STEP = 2n ** 40n;

/** A present nonce that is further ahead of the sealed one than this is taken for an attacker's: 64 steps between two seals. */
const SANE_AHEAD = 64n * STEP;

const LAST = 2n ** 64n - 1n;

/**
 * The nonce to write into a repository that is put back to a seal, as borg writes it (16 hex digits). Never one that was used: blocks that
 * the taken away transactions were encrypted with are skipped, also those that a client has reserved and not told. `present` is what
 * the repository held last; null or not a nonce, or insanely high (an attacker's ffff... would stop every later backup): the sealed
 * one counts alone.
 */
export function safeNonce(sealed: string | null, present: string | null): string {
  const before = read(sealed) ?? 0n;
  const now = read(present);
  const highest = now !== null && now > before && now - before <= SANE_AHEAD ? now : before;
  const next = highest > LAST - STEP ? highest : highest + STEP;
  return next.toString(16).padStart(16, "0");
}

function read(text: string | null): bigint | null {
  const digits = text?.trim() ?? "";
  return /^[0-9a-f]{16}$/.test(digits) ? BigInt(`0x${digits}`) : null;
}
