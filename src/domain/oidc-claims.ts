import { z } from "zod";
import { LONGEST_NAME } from "./name";
import type { OidcClaims } from "./oidc-decision";
import { storableText } from "./storable-text";

const told = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
  name: z.unknown().optional(),
  preferred_username: z.unknown().optional(),
});

/**
 * Reads the claims of a checked ID token (or of the userinfo that belongs to it). `emailVerified` only for the literal `true`: some
 * providers send "true", some leave it out, and neither is a promise. An address that is none counts as not told. Null without issuer or subject.
 */
export function readOidcClaims(given: unknown): OidcClaims | null {
  const parsed = told.safeParse(given);
  if (!parsed.success) return null;
  const { iss, sub, email, email_verified, name, preferred_username } = parsed.data;
  const address = z.string().trim().pipe(z.email()).pipe(z.string().max(200)).safeParse(email);
  return {
    issuer: iss,
    subject: storableText(sub),
    email: address.success ? address.data : null,
    emailVerified: address.success && email_verified === true,
    name: readableName(name) ?? readableName(preferred_username),
  };
}

/** The same marks are refused in names that people give (domain/name). */
function readableName(given: unknown): string | null {
  if (typeof given !== "string") return null;
  const name = given.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]+/gu, " ").trim();
  return name === "" ? null : storableText(name.slice(0, LONGEST_NAME)).trim();
}
