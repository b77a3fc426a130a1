import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Ctx } from "~/server/context";
import { guardedAddresses, guardedAgent, guardedFetch } from "~/server/outgoing/guard";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { testDatabase } from "~tests/support/database";

/** A server inside, on loopback, that counts who reached it. */
async function inside(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const reached: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    reached.push(request);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, reached };
}

async function allowing(...allowed: string[]): Promise<Ctx> {
  const ctx = (await testDatabase()).ctx();
  if (allowed.length > 0) await saveOutgoing(ctx, { allowed });
  return ctx;
}

const ok = (_: unknown, response: ServerResponse) => void response.end("what only the inside may read");
const to = (location: string) => (_: unknown, response: ServerResponse) =>
  void response.writeHead(302, { location }).end();
const names = (table: Record<string, string[]>) => async (host: string) =>
  (table[host] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

describe("a connection outwards", () => {
  it("to the inside is refused before anything is sent, in whatever notation", async () => {
    const { port, reached } = await inside(ok);
    const ctx = await allowing();
    for (const url of [
      ...[
        "http://127.0.0.1:PORT/",
        "http://localhost:PORT/",
        "http://2130706433:PORT/",
        "http://0x7f.1:PORT/",
      ],
      ...["http://0177.0.0.1:PORT/", "http://127.1:PORT/", "http://0:PORT/", "http://[::1]:PORT/"],
      ...["http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://user@127.0.0.1:PORT/"],
      ...["http://①②⑦.⓪.⓪.①:PORT/", "http://127。0。0。1:PORT/", "//127.0.0.1:PORT/"],
      ...["file:///etc/passwd", "gopher://127.0.0.1:PORT/"],
    ]) {
      const asked = guardedFetch(ctx, url.replace("PORT", String(port)));
      await expect(asked, url).rejects.toMatchObject({ code: "target-forbidden" });
    }
    expect(reached).toHaveLength(0);
  });

  it("reaches what an admin has listed, by address or by name", async () => {
    const { port } = await inside(ok);
    const byAddress = await allowing("127.0.0.1");
    expect(await guardedFetch(byAddress, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
    const byName = await allowing("idp.example");
    const resolve = names({ "idp.example": ["127.0.0.1"] });
    expect(await guardedFetch(byName, `http://idp.example:${port}/`, { resolve })).toMatchObject({
      status: 200,
    });
    await expect(guardedFetch(byName, `http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: "target-forbidden",
    });
  });

  it("is refused when any address of a name is inside", async () => {
    const ctx = await allowing();
    const resolve = names({ "two.example": ["8.8.8.8", "10.0.0.1"], "none.example": [] });
    await expect(guardedAddresses(ctx, "two.example", { resolve })).rejects.toMatchObject({
      code: "target-forbidden",
      say: expect.stringContaining("10.0.0.1"),
    });
    await expect(guardedAddresses(ctx, "none.example", { resolve })).rejects.toMatchObject({
      say: "Nobody knows the name none.example.",
    });
  });

  it("gives mail the addresses that were checked, never the name", async () => {
    const ctx = await allowing("relay.example");
    const resolve = names({
      "relay.example": ["10.9.8.7"],
      "mail.example": ["8.8.4.4", "2001:4860:4860::8844"],
    });
    expect(await guardedAddresses(ctx, "relay.example", { resolve })).toEqual([
      { address: "10.9.8.7", family: 4 },
    ]);
    expect(await guardedAddresses(ctx, "mail.example", { resolve })).toEqual([
      { address: "8.8.4.4", family: 4 },
      { address: "2001:4860:4860::8844", family: 6 },
    ]);
  });

  it("goes to the address that was checked though the name points elsewhere a moment later", async () => {
    const { port, reached } = await inside(ok);
    const ctx = await allowing("127.0.0.1");
    let asked = 0;
    const flipping = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "10.255.255.1", family: 4 }];
    const url = `http://flip.example:${port}/`;
    expect(await guardedFetch(ctx, url, { resolve: flipping })).toMatchObject({ status: 200 });
    expect({ asked, reached: reached.length }).toEqual({ asked: 1, reached: 1 });
    await expect(guardedFetch(ctx, url, { resolve: flipping })).rejects.toMatchObject({
      code: "target-forbidden",
    });
    expect(reached).toHaveLength(1);
  });
});

describe("a redirect", () => {
  it("to the inside, to metadata or to a file is refused though the first address was allowed", async () => {
    let location = "";
    const { port, reached } = await inside((_, response) => void response.writeHead(302, { location }).end());
    const ctx = await allowing("127.0.0.1");
    const targets = [
      "http://10.255.255.1/",
      "http://0x0a.1/",
      "http://169.254.169.254/latest/",
      "file:///etc/passwd",
    ];
    for (location of targets)
      await expect(guardedFetch(ctx, `http://127.0.0.1:${port}/`), location).rejects.toMatchObject({
        code: "target-forbidden",
      });
    expect(reached).toHaveLength(targets.length);
  });

  it("is followed three times, no more, and not at all where that is asked or something is sent", async () => {
    const { port, reached } = await inside((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(307, { location: `/${left - 1}` }).end();
      else response.end("there");
    });
    const ctx = await allowing("127.0.0.1");
    const at = (hops: number) => `http://127.0.0.1:${port}/${hops}`;
    expect(await guardedFetch(ctx, at(3))).toMatchObject({ body: "there" });
    await expect(guardedFetch(ctx, at(4))).rejects.toMatchObject({ name: "OutgoingProblem" });
    expect(await guardedFetch(ctx, at(1), { follow: false })).toMatchObject({ status: 307 });
    reached.length = 0;
    expect(await guardedFetch(ctx, at(1), { method: "POST", body: "secret" })).toMatchObject({ status: 307 });
    expect(reached).toHaveLength(1);
  });

  it("to another origin takes no credentials along", async () => {
    const second = await inside(ok);
    const first = await inside(to(`http://127.0.0.1:${second.port}/`));
    const ctx = await allowing("127.0.0.1");
    const headers = { Authorization: "Bearer x", cookie: "a=b", accept: "text/plain" };
    await guardedFetch(ctx, `http://127.0.0.1:${first.port}/`, { headers });
    expect(first.reached[0]?.headers).toMatchObject({ authorization: "Bearer x", cookie: "a=b" });
    expect(second.reached[0]?.headers).toMatchObject({ accept: "text/plain" });
    expect(second.reached[0]?.headers).not.toHaveProperty("authorization");
    expect(second.reached[0]?.headers).not.toHaveProperty("cookie");
  });
});

describe("an answer", () => {
  it("that is too large, too slow or never whole ends the connection", async () => {
    const { port } = await inside(({ url }, response) => {
      if (url === "/large") response.end(Buffer.alloc(300_000));
      else response.write("and then nothing");
    });
    const ctx = await allowing("127.0.0.1");
    const at = (path: string) => `http://127.0.0.1:${port}/${path}`;
    await expect(guardedFetch(ctx, at("large"), { mostBytes: 200_000 })).rejects.toMatchObject({
      say: "The answer is too large.",
    });
    await expect(guardedFetch(ctx, at("slow"), { seconds: 0.2 })).rejects.toMatchObject({
      say: "There was no whole answer within 0.2 seconds.",
    });
  });

  it("that nobody gives is told in words, as nobody's mistake", async () => {
    const ctx = await allowing("127.0.0.1");
    await expect(guardedFetch(ctx, "http://127.0.0.1:9/")).rejects.toMatchObject({
      name: "OutgoingProblem",
      say: "127.0.0.1:9 does not answer: nothing listens there.",
    });
  });
});

describe("the agent for libraries", () => {
  /** As openid-client asks: node's own request with our agent. */
  const ask = (url: string, agent: Awaited<ReturnType<typeof guardedAgent>>) =>
    new Promise<number>((done, fail) => {
      const request = get(url, { agent }, (answer) => {
        answer.resume();
        done(answer.statusCode ?? 0);
      });
      request.once("error", fail);
    });

  it("checks every connection: addresses, names, and names that point elsewhere the second time", async () => {
    const { port, reached } = await inside(ok);
    const closed = await guardedAgent(await allowing(), "http:");
    await expect(ask(`http://127.0.0.1:${port}/`, closed)).rejects.toMatchObject({
      code: "target-forbidden",
    });
    await expect(ask(`http://localhost:${port}/`, closed)).rejects.toMatchObject({
      code: "target-forbidden",
    });
    await expect(ask(`http://[::1]:${port}/`, closed)).rejects.toMatchObject({ code: "target-forbidden" });
    let asked = 0;
    const resolve = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "10.255.255.1", family: 4 }];
    const open = await guardedAgent(await allowing("127.0.0.1"), "http:", { resolve });
    expect(await ask(`http://127.0.0.1:${port}/`, open)).toBe(200);
    expect(await ask(`http://flip.example:${port}/`, open)).toBe(200);
    await expect(ask(`http://flip.example:${port}/`, open)).rejects.toMatchObject({
      code: "target-forbidden",
    });
    expect(reached).toHaveLength(2);
  });
});
