import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";

/** What browsers answer for passkeys (WebAuthn level 3, 5.1.8), as far as it is read; everything else of it is dropped. */
const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]*$/, "is not base64url");
const credential = {
  id: base64url(1500).min(1),
  rawId: base64url(1500).min(1),
  type: z.literal("public-key"),
};

export const passkeyAnswer = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(20_000),
      authenticatorData: base64url(20_000),
      signature: base64url(20_000),
      userHandle: base64url(200).nullish(),
    }),
  })
  .transform(
    ({ response: { userHandle, ...response }, ...rest }): AuthenticationResponseJSON => ({
      ...rest,
      response: { ...response, ...(userHandle ? { userHandle } : {}) },
      clientExtensionResults: {},
    }),
  );

export const newPasskey = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(20_000),
      attestationObject: base64url(100_000),
      transports: z.array(z.string().max(30)).max(10).optional(),
    }),
  })
  .transform((given): RegistrationResponseJSON => ({ ...given, clientExtensionResults: {} }));
