import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";
import { freePort } from "./free-port";

export interface ProviderPerson {
  sub: string;
  email?: string;
  email_verified?: unknown;
  name?: string;
}

/** A real provider of OpenID Connect on 127.0.0.1 that demands PKCE, with one client. Whoever comes is `person`, without being asked. */
export interface LocalOidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  person: ProviderPerson;
  /** Requests to begin a sign-in, as they arrived. */
  asked: URL[];
  /** Answers instead of the provider where it gives true. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean;
  stop(): Promise<void>;
}

/** What a browser would do with the address of a beginning sign-in: the address that the provider sends it back to. */
export async function answerOfProvider(provider: LocalOidcProvider, begin: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(begin);
  while (at.origin === provider.issuer) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";", 1)[0]?.split(/=(.*)/s) ?? [];
      cookies.set(name, value);
    }
    at = new URL(answer.headers.get("location") ?? "about:blank", at);
  }
  return at;
}

export async function startLocalOidcProvider(redirectUri: string): Promise<LocalOidcProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const [clientId, clientSecret] = ["backup-server", "a client secret that nobody may see"];
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/come/${uid}` },
    cookies: { keys: ["of a test"] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...local.person, sub }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId, accountId: ctx.oidc.session?.accountId ?? "" });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const server = createServer((request, response) => {
    if (local.instead(request, response)) return;
    const url = new URL(request.url ?? "/", issuer);
    if (url.pathname === "/auth") local.asked.push(url);
    if (!url.pathname.startsWith("/come/")) return answer(request, response);
    const login = { login: { accountId: local.person.sub } };
    provider.interactionFinished(request, response, login).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const local: LocalOidcProvider = {
    ...{ issuer, clientId, clientSecret, person: { sub: "nobody" }, asked: [] },
    instead: () => false,
    stop: () =>
      new Promise((ended) => {
        server.close(() => ended());
        server.closeAllConnections();
      }),
  };
  return local;
}
