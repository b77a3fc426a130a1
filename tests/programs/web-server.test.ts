import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { request as plainRequest, type RequestListener } from "node:http";
import { request as tlsRequest } from "node:https";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { guardRequests } from "~/supervisor/http/guard-request";
import { createOnePortServer, type OnePortServer } from "~/supervisor/http/one-port-server";
import { truePeer, trustedProxies } from "~/supervisor/http/peer-address";
import { MOST_BODY_BYTES } from "~/supervisor/http/refuse-request";
import { ensureTls, tlsFiles } from "~/supervisor/tls";
import { freePort } from "~tests/support/free-port";
import { until } from "~tests/support/until";

let data: string;
let fingerprint: string | null;
let tls: { cert: string; key: string };

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "bbs-web-"));
  fingerprint = await ensureTls({ data, appUrl: "https://192.0.2.7:3000", given: null, readerGroup: null });
  const { readFile } = await import("node:fs/promises");
  const files = tlsFiles(data);
  tls = { cert: await readFile(files.cert, "utf8"), key: await readFile(files.key, "utf8") };
  return () => rm(data, { recursive: true, force: true });
});

let server: OnePortServer;
let port: number;
/** What the application behind the server does and sees; a test may replace it. */
let application: RequestListener;
const echo: RequestListener = (request, response) => response.end(JSON.stringify(request.headers));

beforeEach(async () => {
  application = echo;
  port = await freePort();
  server = createOnePortServer(
    tls,
    guardRequests((request, response) => application(request, response), trustedProxies(["127.0.0.9"])),
  );
  await server.listen(port, "0.0.0.0");
});
afterEach(() => server.close(200));

interface Asked {
  over?: "http" | "https";
  host?: string;
  from?: string;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

function ask({ over = "https", host = "127.0.0.1", from, method = "GET", path = "/", headers, body }: Asked) {
  return new Promise<{ status: number; location: string | undefined; text: string }>((resolve, reject) => {
    const send = over === "https" ? tlsRequest : plainRequest;
    const options = { host, port, path, method, headers, localAddress: from, agent: false };
    const asked = send({ ...options, rejectUnauthorized: false }, (response) => {
      let text = "";
      response.on("data", (bytes) => {
        text += bytes;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, text }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

describe("one port", () => {
  test("speaks TLS and, to this machine itself, plain http", async () => {
    expect((await ask({ over: "https" })).status).toBe(200);
    expect((await ask({ over: "http" })).status).toBe(200);
  });

  test("shows the certificate whose fingerprint agents pin, valid for the names of the console", async () => {
    const seen = await new Promise<{ print: string; names: string | undefined }>((resolve) => {
      const socket = tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
        const certificate = socket.getPeerCertificate();
        socket.destroy();
        resolve({
          print: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
          names: certificate.subjectaltname,
        });
      });
    });
    expect(seen.print).toBe(fingerprint);
    expect(seen.names).toContain("IP Address:192.0.2.7");
    expect(seen.names).toContain("DNS:localhost");
  });

  test("keeps its certificate when it is asked for again, also under another name", async () => {
    const again = await ensureTls({ data, appUrl: "https://other.example", given: null, readerGroup: null });
    expect(again).toBe(fingerprint);
  });

  test("survives bytes that are neither, and connections that say nothing", async () => {
    for (const bytes of ["\x00\x01\x02", "GET", ""]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
        socket.on("close", () => resolve());
        socket.on("error", () => resolve());
        socket.resume();
      });
    }
    expect((await ask({})).status).toBe(200);
  });

  test("sends parts of an answer on at once", async () => {
    application = (_, response) => {
      response.write("first\n");
      // The rest never comes: what is read must have come through unbuffered.
    };
    const first = await new Promise<string>((resolve) => {
      const asked = tlsRequest(
        { port, host: "127.0.0.1", rejectUnauthorized: false, agent: false },
        (response) => {
          response.once("data", (bytes) => {
            asked.destroy();
            resolve(String(bytes));
          });
        },
      );
      asked.on("error", () => {});
      asked.end();
    });
    expect(first).toBe("first\n");
  });

  test("closing lets an answer under way end and cuts what holds on", async () => {
    let held = 0;
    const answers: (() => void)[] = [];
    application = (request, response) => {
      held++;
      if (request.url === "/poll") answers.push(() => response.end("woken"));
    };
    const poll = ask({ path: "/poll" });
    const stream = ask({ path: "/stream" }).catch((error: Error) => error.message);
    await until("both are held", () => held === 2);
    const closed = server.close(500);
    for (const answer of answers) answer();
    expect((await poll).text).toBe("woken");
    await closed;
    expect(await stream).toMatch(/socket hang up|ECONNRESET/);
  });
});

describe("who asks", () => {
  const lies = {
    "x-forwarded-for": "203.0.113.5",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "x-real-ip": "203.0.113.5",
    forwarded: "for=203.0.113.5",
    "x-bbs-peer": "203.0.113.5",
    "x-bbs-anything": "yes",
  };

  test("is the other end of the connection, whatever the request claims", async () => {
    const seen = JSON.parse((await ask({ headers: { ...lies, host: "console.example" } })).text);
    expect(seen).toMatchObject({
      "x-bbs-peer": "127.0.0.1",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "console.example",
    });
    for (const name of ["x-real-ip", "forwarded", "x-bbs-anything"]) expect(seen).not.toHaveProperty(name);
  });

  test("is who a trusted proxy names", async () => {
    const seen = JSON.parse((await ask({ over: "http", from: "127.0.0.9", headers: lies })).text);
    expect(seen).toMatchObject({ "x-bbs-peer": "203.0.113.5", "x-forwarded-proto": "https" });
  });

  test.each([
    ["192.0.2.1", undefined, "192.0.2.1"],
    ["192.0.2.1", "203.0.113.5", "192.0.2.1"],
    ["10.0.0.1", "203.0.113.5", "203.0.113.5"],
    ["10.0.0.1", "1.1.1.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"],
    ["10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"],
    ["10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"],
  ])("from %s with %s it is %s", (peer, forwarded, truth) => {
    expect(truePeer(peer, forwarded, trustedProxies(["10.0.0.0/8"]))).toBe(truth);
  });

  test("a proxy that is no address is refused", () => {
    expect(() => trustedProxies(["caddy"])).toThrow(
      "TRUSTED_PROXIES: caddy is neither an address nor a range.",
    );
  });
});

describe("plain http from elsewhere", () => {
  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === "IPv4")?.address;

  test.runIf(elsewhere)("is sent to https when it reads", async () => {
    const headers = { host: `console.example:${port}` };
    expect(await ask({ over: "http", host: elsewhere, path: "/jobs?x=1", headers })).toMatchObject({
      status: 308,
      location: `https://console.example:${port}/jobs?x=1`,
    });
  });

  test.runIf(elsewhere)("is refused when it sends something, for that was seen by others", async () => {
    expect(await ask({ over: "http", host: elsewhere, method: "POST", body: "secret" })).toMatchObject({
      status: 403,
    });
  });
});

describe("bodies", () => {
  test("without a stated length are refused", async () => {
    const headers = { "transfer-encoding": "chunked" };
    expect(await ask({ method: "POST", headers, body: "x" })).toMatchObject({ status: 411 });
  });

  test("that are too long are refused before they are read", async () => {
    const headers = { "content-length": String(MOST_BODY_BYTES + 1) };
    expect(await ask({ method: "POST", headers })).toMatchObject({ status: 413 });
  });
});
