import type { NextAuthOptions, Profile, Session } from "next-auth";
import { encode } from "next-auth/jwt";
import Credentials from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { Refusal } from "~/domain/refusal";
import { env } from "~/env";
import { endSignIn } from "../access/end-sign-in";
import { findSignIn } from "../access/find-sign-in";
import { signIn } from "../access/sign-in";
import { SIGN_IN_HOURS } from "../access/start-sign-in";
import { makeContext } from "../context";
import { log } from "../log";
import { cookieSecret } from "../secrets/app-key";
import { checkPasskeySignIn } from "./check-passkey-sign-in";
import { decodeCookie } from "./decode-cookie";
import { cookieName, isHttps } from "./sign-in-cookie";
import { signInErrorOf } from "./sign-in-error";
import { logFault } from "./trpc-error";

/** OpenID Connect as it is set for this request; what becomes of somebody whom it vouches for. */
export interface OidcForRequest {
  provider: OAuthConfig<Profile>;
  finish(claims: Profile | undefined): Promise<{ signInId: string } | { goTo: string }>;
}

/**
 * Signing in and out by next-auth 4. Edit when a second step or another provider comes. The cookie holds nothing but the id of a
 * row in `sign_ins`, encrypted; that row decides on every request. `oidc` null: it is switched off.
 */
export function authOptions(oidc: OidcForRequest | null): NextAuthOptions {
  return {
    secret: cookieSecret(),
    jwt: { decode: decodeCookie },
    useSecureCookies: isHttps(),
    session: { strategy: "jwt", maxAge: SIGN_IN_HOURS * 3600 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: {
        name: cookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps() },
      },
    },
    providers: [
      Credentials({
        id: "password",
        name: "Password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (given, request) => checkPassword(given, request.headers),
      }),
      Credentials({
        id: "passkey",
        name: "Passkey",
        credentials: { challengeId: { type: "text" }, response: { type: "text" } },
        authorize: (given, request) =>
          checkPasskeySignIn({ challengeId: given?.challengeId, response: given?.response }, request.headers),
      }),
      ...(oidc ? [oidc.provider] : []),
    ],
    callbacks: {
      // A password or passkey was judged by then. The cookie is made of `user`, so its id becomes that of the sign-in.
      signIn: async ({ user, account, profile }) => {
        if (account?.type !== "oauth") return true;
        if (!oidc) return false;
        const finished = await oidc.finish(profile);
        if ("goTo" in finished) return finished.goTo;
        user.id = finished.signInId;
        return true;
      },
      // Only the first call carries `user`; its id is that of the sign-in.
      jwt: ({ token, user }) => ({ sid: user?.id ?? token.sid }),
      session: async ({ token, session }) => {
        const found =
          typeof token.sid === "string" ? await findSignIn(makeContext({ kind: "nobody" }), token.sid) : null;
        return found ? { expires: session.expires, user: { name: null, email: null } } : NO_SESSION;
      },
      // Only ever to our own address, whatever was asked for.
      redirect: ({ url }) => ownAddress(url),
    },
    logger: {
      // Errors of openid-client carry the whole answer and request, client secret included: only their words are kept.
      error: (code, metadata) => log().error({ code, problem: wordsOf(metadata) }, "next-auth"),
      warn: (code) => log().debug({ code }, "next-auth"),
      debug: (code) => log().debug({ code }, "next-auth"),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid === "string") await endSignIn(makeContext({ kind: "nobody" }), token.sid);
      },
    },
  };
}

function wordsOf(metadata: Error | { error: Error; [key: string]: unknown }): string {
  const error: unknown = metadata instanceof Error ? metadata : metadata.error;
  const words = error instanceof Error ? error.message : "not told";
  return words.replace(/(mismatch), expected .*/s, "$1");
}

/** next-auth 4 tells "signed out" by an empty object. */
const NO_SESSION = {} as Session;

/** The `Set-Cookie` of a sign-in, in the form in which next-auth makes it, for a sign-in that got a new id. */
export async function signInCookie(signInId: string): Promise<string> {
  const maxAge = SIGN_IN_HOURS * 3600;
  const token = await encode({ token: { sid: signInId }, secret: cookieSecret(), maxAge });
  const secure = isHttps() ? "; Secure" : "";
  return `${cookieName()}=${token}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

function ownAddress(url: string): string {
  const own = new URL(env().appUrl);
  if (!URL.canParse(url, own)) return own.href;
  // Put in part by part: a path that begins with two slashes would name a host when it is read as an address.
  ({ pathname: own.pathname, search: own.search } = new URL(url, own));
  return own.href;
}

/** null: wrong. An Error's message reaches the browser as `error`, so it is a code only. */
async function checkPassword(
  given: Record<"email" | "password", string> | undefined,
  headers: Record<string, unknown> | undefined,
): Promise<{ id: string } | null> {
  const text = (name: string) => {
    const value = headers?.[name];
    return typeof value === "string" ? value : null;
  };
  try {
    const { signInId } = await signIn(makeContext({ kind: "nobody" }), {
      email: String(given?.email ?? "").slice(0, 200),
      password: String(given?.password ?? ""),
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
