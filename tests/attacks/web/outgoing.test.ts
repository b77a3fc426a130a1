import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCaller } from "~/server/api/root";
import { guardedFetch } from "~/server/outgoing/guard";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { testDatabase } from "~tests/support/database";

/**
 * Somebody in an admin's place has this server connect to what only the inside may reach. The issuer of OpenID Connect stands for every
 * address that is typed: mail and the anchor of the journal pass the same guard.
 */
async function serverInside(
  answer: (response: ServerResponse) => void = (response) => void response.end("{}"),
) {
  let reached = 0;
  const server: Server = createServer((_, response) => {
    reached++;
    answer(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, reached: () => reached };
}

async function adminWith(...allowed: string[]) {
  const database = await testDatabase();
  const ctx = database.ctx();
  if (allowed.length > 0) await saveOutgoing(ctx, { allowed });
  const { oidcSettings } = createCaller({ ...ctx, peer: "192.0.2.7" });
  return { ctx, ask: (issuer: string) => oidcSettings.test({ issuer, hasSecret: false }) };
}

const INSIDE = { works: false, problem: expect.stringMatching(/internal address|clouds hand out/) };

describe("has the server connect inside", () => {
  it.each([
    ["by its own address", "https://127.0.0.1:PORT"],
    ["by a name for it", "https://localhost:PORT"],
    ["by a number that stands for the address", "https://2130706433:PORT"],
    ["by a hexadecimal one", "https://0x7f000001:PORT"],
    ["by an octal one", "https://0177.1:PORT"],
    ["by digits of another script", "https://①②⑦.0.0.1:PORT"],
    ["by the address that means any", "https://0.0.0.0:PORT"],
    ["by IPv6", "https://[::1]:PORT"],
    ["by IPv4 in the clothes of IPv6", "https://[::ffff:7f00:1]:PORT"],
    ["by an address behind NAT64", "https://[64:ff9b::7f00:1]:PORT"],
    ["by a tunnel's address", "https://[2002:7f00:1::]:PORT"],
    ["by an address of the office", "https://192.168.1.1"],
    ["by the address where a cloud hands out credentials", "https://169.254.169.254"],
  ])("%s", async (_, issuer) => {
    const { port, reached } = await serverInside();
    const { ask } = await adminWith();
    const told = await ask(issuer.replace("PORT", String(port)));
    expect(told).toEqual(INSIDE);
    expect(reached()).toBe(0);
  });

  it("by a redirect of a server that is allowed", async () => {
    const inside = await serverInside();
    const outside = await serverInside(
      (response) => void response.writeHead(302, { location: `http://127.0.0.2:${inside.port}/` }).end(),
    );
    const { ctx, ask } = await adminWith("127.0.0.1");
    expect(await ask(`http://127.0.0.1:${outside.port}`)).toMatchObject({ works: false });
    await expect(guardedFetch(ctx, `http://127.0.0.1:${outside.port}/`)).rejects.toMatchObject({
      code: "target-forbidden",
    });
    expect(inside.reached()).toBe(0);
  });

  it("by a name that points outside when it is checked and inside when it is used", async () => {
    const inside = await serverInside();
    const { ctx } = await adminWith("127.0.0.1");
    let asked = 0;
    const resolve = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    const url = `http://rebound.example:${inside.port}/`;
    expect(await guardedFetch(ctx, url, { resolve })).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    await expect(guardedFetch(ctx, url, { resolve })).rejects.toMatchObject({ code: "target-forbidden" });
    expect(inside.reached()).toBe(1);
  });

  it("by a name of which only one of several addresses is inside", async () => {
    const { ctx } = await adminWith();
    const resolve = async () => ["8.8.8.8", "10.0.0.1"].map((address) => ({ address, family: 4 }));
    const asked = guardedFetch(ctx, "http://both.example/", { resolve });
    await expect(asked).rejects.toMatchObject({ code: "target-forbidden" });
  });

  it("by a way that is no web address", async () => {
    const { ctx } = await adminWith();
    for (const url of ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://127.0.0.1/"])
      await expect(guardedFetch(ctx, url)).rejects.toMatchObject({ code: "target-forbidden" });
  });
});

it("has the server read an answer without an end", async () => {
  const endless = await serverInside((response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      response.once("drain", more);
    };
    more();
  });
  const { ctx } = await adminWith("127.0.0.1");
  await expect(guardedFetch(ctx, `http://127.0.0.1:${endless.port}/`)).rejects.toMatchObject({
    say: "The answer is too large.",
  });
});

it("allows everything at once, so that nothing is checked any more", async () => {
  const { ctx } = await adminWith();
  for (const range of ["0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3"])
    await expect(saveOutgoing(ctx, { allowed: [range] })).rejects.toMatchObject({ code: "invalid-input" });
});
