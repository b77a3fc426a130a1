import { decode, type JWT, type JWTDecodeParams } from "next-auth/jwt";
import { cookieSecrets } from "../secrets/app-key";

/** Opens what next-auth keeps in a cookie, also with an older key of APP_KEY; null: none of our keys made it, or it is too old. */
export async function decodeCookie(cookie: Pick<JWTDecodeParams, "token" | "salt">): Promise<JWT | null> {
  for (const secret of cookieSecrets()) {
    try {
      return await decode({ token: cookie.token, secret, salt: cookie.salt });
    } catch {
      // Not this key's.
    }
  }
  return null;
}
