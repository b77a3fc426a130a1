import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { connectToServer } from "~/server/mail/connect-to-server";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { testDatabase } from "~tests/support/database";
import { freePort } from "~tests/support/free-port";

/** As a machine with IPv6 answers for a server that listens on IPv4 only. */
const resolve = async () => [
  { address: "::1", family: 6 },
  { address: "127.0.0.1", family: 4 },
];

async function allowed() {
  const ctx = (await testDatabase()).ctx();
  await saveOutgoing(ctx, { allowed: ["mail.example"] });
  return ctx;
}

it("goes on to the next address of a mail server when nobody answers at the first", async () => {
  const port = await freePort();
  const server = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  const socket = await connectToServer(await allowed(), { host: "mail.example", port }, 2000, { resolve });
  onTestFinished(() => void socket.destroy());
  expect(socket.remoteAddress).toBe("127.0.0.1");
});

it("says what the last address said when none answers", async () => {
  const port = await freePort();
  const trying = connectToServer(await allowed(), { host: "mail.example", port }, 2000, { resolve });
  await expect(trying).rejects.toThrow(`connect ECONNREFUSED 127.0.0.1:${port}`);
});
