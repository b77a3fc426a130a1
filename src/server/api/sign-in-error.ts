import type { Refusal } from "~/domain/refusal";

/** What a refused sign-in is in next-auth's `error`: the refusal's code, and behind a colon the seconds until it is worth trying again. */
export function signInErrorOf({ code, retryAfterSeconds }: Refusal): string {
  return retryAfterSeconds === null ? code : `${code}:${retryAfterSeconds}`;
}

/** The status of an answer with such an error, and how long to wait; null: the status that next-auth gives is right. */
export function statusOfSignInError(error: string): { status: number; retryAfterSeconds: number } | null {
  const [, code, seconds] = /^(rate-limited|limits-unavailable):(\d{1,6})$/.exec(error) ?? [];
  if (!code) return null;
  return { status: code === "rate-limited" ? 429 : 503, retryAfterSeconds: Number(seconds) };
}
