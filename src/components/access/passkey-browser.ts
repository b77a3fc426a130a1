import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { problemOf } from "~/components/ui/problem-of";

/** Why the browser or its authenticator gave no passkey, for the person. */
export class PasskeyNotShown extends Error {}

/** Lets the person show a passkey. The code for it is loaded when it is wanted. */
export async function showPasskey(
  optionsJSON: PublicKeyCredentialRequestOptionsJSON,
): Promise<AuthenticationResponseJSON> {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  return startAuthentication({ optionsJSON }).catch((cause: unknown) => {
    throw new PasskeyNotShown(wordsOf(cause), { cause });
  });
}

/** Lets the person make a passkey. */
export async function makePasskey(
  optionsJSON: PublicKeyCredentialCreationOptionsJSON,
): Promise<RegistrationResponseJSON> {
  const { startRegistration } = await import("@simplewebauthn/browser");
  return startRegistration({ optionsJSON }).catch((cause: unknown) => {
    throw new PasskeyNotShown(wordsOf(cause), { cause });
  });
}

/** What to tell after either of them or the server refused. */
export function sayPasskeyProblem(error: unknown): string {
  return error instanceof PasskeyNotShown ? error.message : problemOf(error).say;
}

function wordsOf(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : "";
  if (name === "InvalidStateError") return "This device or key holds a passkey of your account already.";
  if (name === "NotSupportedError" || name === "ConstraintError")
    return "This device or key cannot hold a passkey that checks who you are (PIN, finger or face). Use another one.";
  if (name === "SecurityError")
    return "Passkeys work only under the address that APP_URL names, with a certificate that the browser trusts.";
  return "No passkey was shown: it was cancelled, took too long, or there is none here. Try again.";
}
