import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { discoverProvider } from "~/server/access/discover-provider";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { testDatabase } from "~tests/support/database";

type Document = Record<string, unknown>;

/** A provider on loopback that answers with what `change` makes of a right document, and a database that allows it. */
async function withProvider(
  change: (right: Document) => Document | string = (right) => right,
  given: { allowed?: string[]; answer?: (request: IncomingMessage, response: ServerResponse) => void } = {},
) {
  const server = createServer((request, response) => {
    if (given.answer) return given.answer(request, response);
    if (request.url !== "/realm/.well-known/openid-configuration") return response.writeHead(404).end();
    const document = change(rightDocument(issuer));
    response.end(typeof document === "string" ? document : JSON.stringify(document));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`;
  const ctx = (await testDatabase()).ctx();
  await saveOutgoing(ctx, { allowed: given.allowed ?? ["127.0.0.1"] });
  return {
    issuer,
    find: (asked = issuer, hasSecret = true) => discoverProvider(ctx, { issuer: asked, hasSecret }),
  };
}

const rightDocument = (issuer: string): Document => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  userinfo_endpoint: `${issuer}/me`,
  response_types_supported: ["code", "id_token"],
  token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_post"],
  id_token_signing_alg_values_supported: ["HS256", "ES256"],
  code_challenge_methods_supported: ["S256"],
});

describe("the discovery document of a provider", () => {
  it("tells its addresses, how it takes the secret, and how it signs", async () => {
    const { issuer, find } = await withProvider();
    expect(await find()).toEqual({
      found: true,
      provider: {
        ...{
          issuer,
          authorizationUrl: `${issuer}/auth`,
          tokenUrl: `${issuer}/token`,
          keysUrl: `${issuer}/keys`,
        },
        ...{ userinfoUrl: `${issuer}/me`, tokenAuth: "client_secret_post", signing: "ES256", saysPkce: true },
      },
    });
    expect(await find(issuer, false)).toMatchObject({ provider: { tokenAuth: "none" } });
  });

  const refused: [string, (right: Document) => Document | string, RegExp][] = [
    ["names another issuer", (right) => ({ ...right, issuer: "https://attacker.example" }), /calls itself/],
    ["names itself with a slash more", (right) => ({ ...right, issuer: `${right.issuer}/` }), /calls itself/],
    ["is no JSON", () => "<html>", /no OpenID Connect discovery/],
    ["is a list", () => "[]", /no OpenID Connect discovery/],
    ["misses the keys", ({ jwks_uri: _, ...rest }) => rest, /no OpenID Connect discovery/],
    [
      "sends people to a script",
      (right) => ({ ...right, authorization_endpoint: "javascript:alert(1)" }),
      /do not begin with/,
    ],
    [
      "names a file for its keys",
      (right) => ({ ...right, jwks_uri: "file:///etc/passwd" }),
      /do not begin with/,
    ],
    ["offers no code", (right) => ({ ...right, response_types_supported: ["id_token"] }), /code flow/],
    [
      "signs with nothing",
      (right) => ({ ...right, id_token_signing_alg_values_supported: ["none"] }),
      /signs in no way/,
    ],
    [
      "signs with the client secret",
      (right) => ({ ...right, id_token_signing_alg_values_supported: ["HS256"] }),
      /signs in no way/,
    ],
    [
      "takes only a key of ours",
      (right) => ({ ...right, token_endpoint_auth_methods_supported: ["private_key_jwt"] }),
      /takes a client secret/,
    ],
  ];
  it("is refused when it says something that must not be, and the admin is told what", async () => {
    let change: (right: Document) => Document | string = (right) => right;
    const { find } = await withProvider((right) => change(right));
    for (const [what, made, problem] of refused) {
      change = made;
      expect(await find(), what).toEqual({ found: false, problem: expect.stringMatching(problem) });
    }
  });

  it("is not fetched from inside unless that is allowed", async () => {
    const { find } = await withProvider(undefined, { allowed: [] });
    expect(await find()).toEqual({ found: false, problem: expect.stringContaining("internal address") });
  });

  it("is not looked for where the issuer redirects to", async () => {
    const { find } = await withProvider(undefined, {
      answer: (_, response) => void response.writeHead(302, { location: "/elsewhere" }).end(),
    });
    expect(await find()).toEqual({ found: false, problem: expect.stringContaining("status 302") });
  });
});
