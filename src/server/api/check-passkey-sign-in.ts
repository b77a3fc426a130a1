import { idText } from "~/domain/id";
import { Refusal } from "~/domain/refusal";
import { signInWithPasskey } from "../access/sign-in-with-passkey";
import { makeContext } from "../context";
import { passkeyAnswer } from "./passkey-input";
import { signInErrorOf } from "./sign-in-error";
import { logFault } from "./trpc-error";

/** For next-auth: null is wrong. An Error's message reaches the browser as `error`, so it is a code only. */
export async function checkPasskeySignIn(
  given: { challengeId: string | undefined; response: string | undefined },
  headers: Record<string, unknown> | undefined,
): Promise<{ id: string } | null> {
  const text = (name: string) => {
    const value = headers?.[name];
    return typeof value === "string" ? value : null;
  };
  const challengeId = idText.safeParse(given.challengeId);
  const response = passkeyAnswer.safeParse(jsonOf(given.response));
  if (!challengeId.success || !response.success) return null;
  try {
    const { signInId } = await signInWithPasskey(makeContext({ kind: "nobody" }), {
      challengeId: challengeId.data,
      response: response.data,
      peer: text("x-bbs-peer"),
      device: text("user-agent"),
    });
    return { id: signInId };
  } catch (error) {
    if (!(error instanceof Refusal)) throw new Error(logFault(error, { path: "sign-in" }).message);
    if (error.code === "sign-in-failed") return null;
    throw new Error(signInErrorOf(error));
  }
}

/** Undefined: not JSON, or larger than any passkey's answer. */
function jsonOf(text: string | undefined): unknown {
  if (text === undefined || text.length > 100_000) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
