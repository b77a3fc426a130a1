import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { freePort } from "./free-port";

/**
 * The way into a Redis that Upstash's client speaks: commands as JSON by POST, a bearer token, answers in base64 when asked for. What is
 * counted is counted by the real Redis behind it.
 */
export async function openUpstashDoor(redisUrl: string): Promise<{
  url: string;
  token: string;
  close(): Promise<void>;
}> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on("error", () => {});
  const token = "a token of the test";
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const say = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${token}`) return say(401, { error: "Unauthorized" });
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const run = async ([name, ...args]: [string, ...string[]]) => {
      try {
        return { result: encoded(await redis.call(name, ...args.map(String))) };
      } catch (error) {
        return { error: String(error) };
      }
    };
    if (request.url === "/pipeline") return say(200, await Promise.all(body.map(run)));
    const answer = await run(body);
    say("error" in answer ? 500 : 200, answer);
  });
  await new Promise<void>(
    (resolve) => void freePort().then((port) => server.listen(port, "127.0.0.1", resolve)),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: async () => {
      redis.disconnect();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function encoded(value: unknown): unknown {
  if (typeof value === "string" && value !== "OK") return Buffer.from(value).toString("base64");
  return Array.isArray(value) ? value.map(encoded) : value;
}
