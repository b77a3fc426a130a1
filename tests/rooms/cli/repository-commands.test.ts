import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { GET } from "~/app/api/trpc/[trpc]/route";
import { runBbs } from "~/cli/run-bbs";
import { createToken } from "~/server/access/create-token";
import { jobs } from "~/server/db/schema/jobs";
import { agentWorld } from "~tests/support/agent-world";
import { freePort } from "~tests/support/free-port";

/** The API's own route behind a real port, and `bbs` as a person or a script types it. */
async function commandLine() {
  const world = await agentWorld();
  const given = { userId: world.database.admin.userId, name: "cli", expiresInDays: null };
  const { token } = await createToken(
    { ...world.admin(), now: new Date() },
    { ...given, scopes: ["view", "backup", "manage-repositories", "maintenance", "manage-plans"] },
  );
  const port = await freePort();
  const server = createServer(async (request, response) => {
    const headers = new Headers({ "x-bbs-peer": "127.0.0.1" });
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const asked = new Request(`http://127.0.0.1:${port}${request.url}`, {
      ...{ method: request.method ?? "GET", headers },
      ...(request.method === "POST" ? { body: Buffer.concat(pieces) } : {}),
    });
    const answer = await GET(asked);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const bbs = async (...words: string[]) => {
    const said = { out: "", error: "" };
    const code = await runBbs(["--url", `http://127.0.0.1:${port}`, "--token", token, ...words], {
      out: (text) => {
        said.out += text;
      },
      error: (text) => {
        said.error += text;
      },
    });
    return { code, ...said };
  };
  const json = async (...words: string[]) => {
    const { code, out, error } = await bbs(...words, "--json");
    if (code !== 0) throw new Error(`bbs ${words.join(" ")} ended with ${code}: ${error}`);
    return JSON.parse(out);
  };
  const kinds = async () =>
    (await world.admin().db.select({ kind: jobs.kind }).from(jobs).orderBy(jobs.createdAt))
      .map(({ kind }) => kind)
      .filter((kind) => !["provision-client", "create-repository", "audit"].includes(kind));
  return { world, bbs, json, kinds };
}

it("asks for every kind of care of a repository, and shows what it is", async () => {
  const { world, bbs, json, kinds } = await commandLine();
  expect(await json("repository", "show", "main")).toMatchObject({
    id: world.repositoryId,
    location: "main",
  });
  expect((await bbs("repository", "show", "web-01/main")).out).toContain("last check: none");
  await json("repository", "check", "main", "--kind", "full");
  await json("repository", "break-lock", "main");
  await json("vault", "compact", "main");
  expect(await json("repository", "quota", "main", "--soft", "2G")).toEqual({
    ...{ jobId: null, quotaBytes: null, softQuotaBytes: 2 * 1024 ** 3 },
  });
  await json("repository", "quota", "main", "--hard", "3G");
  expect((await bbs("repository", "quota", "main")).out).toBe("main: hard quota none, soft quota 2.0 GiB.\n");
  expect(await json("repository", "sessions", "main")).toEqual([]);
  expect(await kinds()).toEqual(["check", "break-lock", "compact", "set-quota"]);
  expect((await bbs("repository", "check", "main", "--kind", "rolling")).code).toBe(2);
});

it("moves by a location's name, repairs by the typed one, deletes and brings back", async () => {
  const { world, bbs, json, kinds } = await commandLine();
  const room = { freeBytes: 2 ** 40, totalBytes: 2 ** 41 };
  await world.database.pool.sql`
    update system_node_status set status = jsonb_set(status, '{locations}', ${JSON.stringify([
      { name: "main", problem: null, ...room },
      { name: "nas", problem: null, ...room },
      { name: "usb", problem: "its disk is not mounted.", ...room },
    ])}::text::jsonb)`;
  expect((await bbs("repository", "move", "main")).out).toMatch(/nas +1\.0 TiB +possible/);
  const refused = await bbs("repository", "move", "main", "--to", "usb", "--json");
  expect(refused).toMatchObject({ code: 3, error: expect.stringContaining("its disk is not mounted") });
  await json("repository", "move", "main", "--to", "nas");
  expect((await bbs("repository", "repair", "main")).code).toBe(2);
  expect((await bbs("repository", "repair", "main", "--confirm", "Main")).code).toBe(3);
  await json("repository", "repair", "main", "--confirm", "main");
  await json("repository", "undo-repair", "main", "--confirm", "main");
  await world.database.pool.sql`update plans set removed_at = now()`;
  await json("repository", "delete", "main", "--confirm", "main", "--grace", "7");
  expect((await bbs("repository", "show", "main")).code).toBe(3);
  await json("repository", "undelete", "main");
  expect(await kinds()).toEqual([
    ...["move-repository", "repair-repository", "undo-repair", "mark-for-deletion", "undo-deletion"],
  ]);
});

it("lists alerts and takes them on, and tells the calendar", async () => {
  const { world, bbs, json } = await commandLine();
  await world.database.pool.sql`
    insert into alerts (id, kind, key, severity, title, say, client_id, opened_at, last_seen_at, times)
    values ('alert1', 'check-failed', 'k', 'critical', 'A check found damage', 'It did.', ${world.client.id}, now(), now(), 1)`;
  expect(await json("alert", "list")).toMatchObject([{ id: "alert1", acknowledgedAt: null }]);
  expect(await json("alert", "ack", "alert1", "nothing")).toEqual({ acknowledged: 1 });
  expect((await bbs("alert", "list", "--client", "web-01")).out).toContain("acknowledged");
  expect(Array.isArray(await json("schedule", "calendar", "--days", "3"))).toBe(true);
  expect((await bbs("schedule", "calendar", "--from", "tomorrow")).code).toBe(2);
});
