import { isIP } from "node:net";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";

/** Whom passkeys belong to: one host name and one origin, both from APP_URL, never from a request. */
export interface PasskeyParty {
  rpId: string;
  origin: string;
}

/** Null where passkeys cannot work: WebAuthn takes host names only, no addresses, and https only but for `localhost`. */
export function findPasskeyParty(appUrl: string = env().appUrl): PasskeyParty | null {
  const { hostname, origin, protocol } = new URL(appUrl);
  const secure = protocol === "https:" || hostname === "localhost" || hostname.endsWith(".localhost");
  const address = isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
  return secure && !address ? { rpId: hostname, origin } : null;
}

/** The same; refuses `invalid-input` where passkeys cannot work. */
export function passkeyParty(): PasskeyParty {
  const party = findPasskeyParty();
  if (party) return party;
  throw new Refusal("invalid-input", {
    say: "Passkeys need a host name and https: set APP_URL to the name by which people reach this console.",
  });
}
