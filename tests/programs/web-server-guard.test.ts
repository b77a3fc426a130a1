import type { RequestListener } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestWebServer, type TestWebServer } from "~tests/support/web-server";

let server: TestWebServer;
/** Tells what reaches it. */
const echo: RequestListener = (request, response) => {
  if (request.url === "/held") setTimeout(() => response.end("late"), 1500);
  else response.end(JSON.stringify({ url: request.url, headers: request.headers, raw: request.rawHeaders }));
};
const PATIENCE = { greetingMs: 300, headersMs: 400, requestMs: 800 };

beforeAll(async () => {
  server = await startTestWebServer(echo, PATIENCE);
});
afterAll(() => server.stop());

/** One request with these header lines; the connection ends with its answer. */
const ask = (start: string, lines: string[], given?: { over?: "http" | "https"; from?: string }) =>
  server.send(`${start} HTTP/1.1\r\n${[...lines, "connection: close"].join("\r\n")}\r\n\r\n`, given);
const host = "host: console.example";
const statusOf = (answer: string) => Number(answer.slice(9, 12));

describe("spoofed addresses, as bytes on the wire", () => {
  const lies = [
    "X-Forwarded-For: 203.0.113.5",
    "x-forwarded-for: 203.0.113.6, 10.0.0.1",
    "X-FORWARDED-FOR: 127.0.0.1",
    "Forwarded: for=203.0.113.5;host=evil.example;proto=https",
    "X-Real-IP: 203.0.113.5",
    "X-Client-IP: 203.0.113.5",
    "True-Client-IP: 203.0.113.5",
    "CF-Connecting-IP: 203.0.113.5",
    "X-BBS-Peer: 203.0.113.5",
    "x-bbs-peer: 203.0.113.6",
    "X-Forwarded-Host: evil.example",
    "X-Middleware-Subrequest: src/proxy",
  ];

  test("none reaches the application, however often and in whatever case it is sent", async () => {
    const answer = await ask("GET /", [host, ...lies]);
    expect(statusOf(answer)).toBe(200);
    const body = answer.slice(answer.indexOf('{"url"'));
    expect(body).not.toMatch(/203\.0\.113|evil\.example|subrequest/i);
    expect(body).toContain('"x-bbs-peer":"127.0.0.1"');
    expect(body.match(/x-bbs-peer/gi)).toHaveLength(2);
  });

  test("of a trusted proxy only the entry that it added itself is believed, also over two header lines", async () => {
    const answer = await ask("GET /", [host, "x-forwarded-for: 1.1.1.1", "x-forwarded-for: 203.0.113.9"], {
      over: "http",
      from: "127.0.0.9",
    });
    expect(answer).toContain('"x-bbs-peer":"203.0.113.9"');
  });

  test("a page's own token passes", async () => {
    expect(await ask("GET /", [host, "x-bbs-csrf: abc"])).toContain('"x-bbs-csrf":"abc"');
  });
});

describe("every answer", () => {
  const expected: [string, RegExp][] = [
    ["x-content-type-options", /^nosniff$/],
    ["x-frame-options", /^DENY$/],
    ["content-security-policy", /default-src 'none'.*frame-ancestors 'none'/],
    ["referrer-policy", /^same-origin$/],
    ["cross-origin-opener-policy", /^same-origin$/],
    ["cross-origin-resource-policy", /^same-origin$/],
    ["permissions-policy", /camera=\(\).*usb=\(\).*publickey-credentials-get=\(self\)/],
  ];

  test.each([
    ["of the application", "GET /", [host]],
    ["to a body that is too large", "POST /api/trpc/x", [host, "content-length: 99999999"]],
    ["to a body without length", "POST /", [host, "transfer-encoding: chunked"]],
    ["to an address that is too long", `GET /${"a".repeat(9000)}`, [host]],
  ])("%s carries the security headers", async (_, start, lines) => {
    const answer = await ask(start, lines);
    for (const [name, value] of expected) {
      const line = answer.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name}: `));
      expect(line?.slice(name.length + 2) ?? `no ${name}`).toMatch(value);
    }
  });

  test("over https tells browsers to stay with it for a year, but not of this machine's own names", async () => {
    const hsts = /strict-transport-security: max-age=31536000\r\n/i;
    expect(await ask("GET /", [host])).toMatch(hsts);
    expect(await ask("GET /", [host], { over: "http" })).not.toMatch(/strict-transport/i);
    for (const own of ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])
      expect(await ask("GET /", [`host: ${own}`])).not.toMatch(/strict-transport/i);
    const proxied = { over: "http", from: "127.0.0.9" } as const;
    expect(await ask("GET /", [host, "x-forwarded-proto: https"], proxied)).toMatch(hsts);
  });
});

describe("a request", () => {
  test.each([
    ["with two hosts", "GET /", [host, "host: evil.example"], 400],
    ["with a host that is none", "GET /", ["host: evil.example/path?"], 400],
    ["without a host", "GET /", [], 400],
    ["for an address on another host", "GET http://evil.example/", [host], 400],
    ["for a path that browsers take for a host", "GET //evil.example/x", [host], 400],
    ["for a path with a backslash", "GET /\\evil.example", [host], 400],
    ["for an address of 9,000 characters", `GET /${"a".repeat(9000)}`, [host], 414],
    ["with 1 MB to the sign-in", "POST /api/auth/callback/password", [host, "content-length: 1000000"], 413],
    ["with 17 MB to the API", "POST /api/trpc/x", [host, "content-length: 17000000"], 413],
    ["with two lengths", "POST /", [host, "content-length: 1", "content-length: 2"], 400],
  ])("%s is refused", async (_, start, lines, status) => {
    expect(statusOf(await ask(start, lines))).toBe(status);
  });
});

test("20 kB of headers are not read to their end", async () => {
  // The connection may be reset before the 431 arrives.
  const answer = await ask("GET /", [host, `x-long: ${"a".repeat(20_000)}`]);
  expect(answer).toMatch(/^(HTTP\/1\.1 431|$)/);
});

describe("a peer that is slow on purpose is cut off", () => {
  const timed = async (what: Promise<unknown>) => {
    const began = performance.now();
    await what;
    return performance.now() - began;
  };

  test.each(["http", "https"] as const)("with headers that never end, over %s", async (over) => {
    const took = await timed(server.send("GET / HTTP/1.1\r\nhost: x\r\nx-a: ", { over }));
    expect(took).toBeLessThan(PATIENCE.headersMs + 2500);
  });

  test.each(["http", "https"] as const)("with a body that never ends, over %s", async (over) => {
    const start = "POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc";
    expect(await timed(server.send(start, { over }))).toBeLessThan(PATIENCE.requestMs + 2500);
  });

  test("with a connection that says nothing, and with a TLS greeting that goes no further", async () => {
    for (const bytes of ["", "\x16"]) {
      const closed = new Promise<void>((resolve) => {
        const socket = connect(server.port, "127.0.0.1", () => socket.write(bytes));
        socket.on("error", () => {});
        socket.on("close", () => resolve());
        socket.resume();
      });
      expect(await timed(closed)).toBeLessThan(PATIENCE.greetingMs + 2000);
    }
  });

  test("but not one whose answer takes long, as a held poll's does", async () => {
    expect(await ask("GET /held", [host])).toMatch(/late/);
  });
});
