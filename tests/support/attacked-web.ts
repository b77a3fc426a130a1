import { request } from "node:https";
import superjson from "superjson";
import { openPool, type Pool } from "~/server/db";
import { createTestDatabase, startTestPostgres } from "./postgres";
import { SCREEN_ADMIN, seedEmpty } from "./screens-seed";
import { startScreenWeb } from "./screens-web";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  cookies: readonly string[];
  text: string;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface AttackedWeb {
  url: string;
  pool: Pool;
  ask(path: string, asked?: Asked): Promise<Answer>;
  /** As a browser on our own page signs in. */
  signIn(): Promise<SignedIn>;
  stop(): Promise<void>;
}

export interface SignedIn {
  cookies: Map<string, string>;
  cookieHeader(): string;
  /** Headers of a call that our own page makes, with its token. */
  ownHeaders(): Record<string, string>;
  mutate(path: string, input: unknown, headers: Record<string, string>): Promise<Answer>;
}

/** The built console over TLS with a database of its own and one admin, for whoever attacks it from outside. */
export async function startAttackedWeb(root: string): Promise<AttackedWeb> {
  const postgres = await startTestPostgres();
  const databaseUrl = await createTestDatabase(postgres.adminUrl, "attacked");
  const pool = openPool(databaseUrl, { most: 4, applicationName: "attack-test" });
  await seedEmpty(pool);
  const web = await startScreenWeb(root, databaseUrl).catch(async (problem) => {
    await pool.end();
    await postgres.stop();
    throw problem;
  });
  const ask = (path: string, asked: Asked = {}) => askOver(web.url, path, asked);
  return {
    url: web.url,
    pool,
    ask,
    signIn: () => signInOver(web.url, ask),
    stop: async () => {
      await web.stop();
      await pool.end();
      await postgres.stop();
    },
  };
}

/** A form of next-auth from our own page. */
export async function authForm(
  ask: AttackedWeb["ask"],
  given: { path: string; fields: Record<string, string>; headers: Record<string, string> },
): Promise<Answer> {
  const start = await ask("/api/auth/csrf");
  const { csrfToken } = JSON.parse(start.text) as { csrfToken: string };
  const cookie = start.cookies.map((one) => one.split(";")[0]).join("; ");
  return ask(given.path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie, ...given.headers },
    body: new URLSearchParams({ csrfToken, json: "true", ...given.fields }).toString(),
  });
}

async function signInOver(url: string, ask: AttackedWeb["ask"]): Promise<SignedIn> {
  const { email, password } = SCREEN_ADMIN;
  const answer = await authForm(ask, {
    path: "/api/auth/callback/password",
    fields: { email, password },
    headers: { origin: url },
  });
  if (answer.status !== 200) throw new Error(`not signed in: ${answer.status} ${answer.text}`);
  const cookies = new Map<string, string>();
  const keep = (given: Answer) => {
    for (const one of given.cookies) {
      const pair = one.split(";")[0] ?? "";
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
  };
  keep(answer);
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  keep(await ask("/api/trpc/me.get", { headers: { cookie: cookieHeader() } }));
  return {
    cookies,
    cookieHeader,
    ownHeaders: () => ({
      origin: url,
      "sec-fetch-site": "same-origin",
      cookie: cookieHeader(),
      "x-bbs-csrf": cookies.get("__Host-bbs.csrf") ?? "",
    }),
    mutate: (path, input, headers) =>
      ask(`/api/trpc/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(superjson.serialize(input)),
      }),
  };
}

function askOver(url: string, path: string, { method = "GET", headers, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { hostname, port, path, method, headers: { ...length, ...headers }, agent: false };
    const asked = request({ ...options, rejectUnauthorized: false }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          cookies: response.headers["set-cookie"] ?? [],
          text,
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
