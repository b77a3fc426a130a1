import { describe, expect, it } from "vitest";
import { readOidcClaims } from "./oidc-claims";
import { issuerProblem } from "./oidc-issuer";

const told = {
  iss: "https://idp.example",
  sub: "s1",
  email: "Ada@Example.org",
  email_verified: true,
  name: "Ada",
};

describe("claims of a provider", () => {
  it("are read as they are told", () => {
    expect(readOidcClaims(told)).toEqual({
      ...{
        issuer: "https://idp.example",
        subject: "s1",
        email: "Ada@Example.org",
        emailVerified: true,
        name: "Ada",
      },
    });
  });

  it.each(["true", 1, "yes", [true], { value: true }, null, undefined, false])(
    "count %j as an address that is not verified",
    (email_verified) => expect(readOidcClaims({ ...told, email_verified })?.emailVerified).toBe(false),
  );

  it.each([
    ["ada"],
    ["ada@example.org, eve@example.org"],
    ["<ada@example.org>"],
    ["a@b\r\nBcc: eve@example.org"],
    [[]],
    [{}],
  ])("count %j as no address, and then as not verified", (email) =>
    expect(readOidcClaims({ ...told, email })).toMatchObject({ email: null, emailVerified: false }),
  );

  it("give a name without marks that hide or turn text, and no longer than names may be", () => {
    const name = `Ada\u202e\u0000\n<b>/\\${"x".repeat(200)}`;
    const read = readOidcClaims({ ...told, name })?.name ?? "";
    expect(read).toMatch(/^Ada <b> x+$/);
    expect(read).toHaveLength(80);
    expect(readOidcClaims({ ...told, name: "\u0000", preferred_username: "ada" })?.name).toBe("ada");
    expect(readOidcClaims({ ...told, name: { toString: "x" } })?.name).toBeNull();
  });

  it.each([
    { ...told, sub: "" },
    { ...told, sub: undefined },
    { ...told, sub: 7 },
    { ...told, iss: undefined },
    null,
    "x",
  ])("without issuer or subject are none: %j", (claims) => expect(readOidcClaims(claims)).toBeNull());
});

describe("an issuer", () => {
  it.each([
    "https://idp.example",
    "https://idp.example/",
    "https://idp.example:8443/realms/a",
    "http://127.0.0.1:9000",
    "http://localhost:1",
    "http://[::1]:1",
  ])("may be %s", (issuer) => expect(issuerProblem(issuer)).toBeNull());
  it.each([
    "",
    "idp.example",
    "http://idp.example",
    "http://127.0.0.1.evil.example",
    "https://a:b@idp.example",
    "https://idp.example?x",
    "https://idp.example#x",
    "https://idp.example?",
    "javascript:alert(1)",
    "file:///etc/passwd",
  ])("may not be %j", (issuer) => expect(issuerProblem(issuer)).not.toBeNull());
});
