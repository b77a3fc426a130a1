import { request } from "node:https";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import { CSRF_HEADER, CSRF_RENEWED_HEADER, cookieValue, csrfCookieName } from "~/domain/csrf";
import type { AppRouter } from "~/server/api/root";

/** What came back of one request. */
export interface Answer {
  /** Path and query that were asked for. */
  asked: string;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/**
 * A browser without a window: keeps cookies, sends what a page of ours would send, and remembers every answer. Takes any certificate.
 */
export class ConsoleSession {
  /** Every answer so far, newest last. */
  readonly answers: Answer[] = [];
  readonly cookies = new Map<string, string>();
  /** The API as the signed-in person has it. */
  readonly api: TRPCClient<AppRouter>;

  constructor(private readonly url: string) {
    this.api = createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `${url}/api/trpc`,
          transformer: superjson,
          fetch: async (address, init) => this.asPage(String(address), init ?? {}),
        }),
      ],
    });
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", this.url + path, {}, "");
  }

  /** Signs in with e-mail and password; answers next-auth's own answer. What comes after (second factor) is `api.signInSteps`. */
  async signIn(email: string, password: string): Promise<Answer> {
    await this.get("/sign-in");
    const { csrfToken } = JSON.parse((await this.get("/api/auth/csrf")).text) as { csrfToken: string };
    const form = new URLSearchParams({ csrfToken, email, password, json: "true", callbackUrl: this.url });
    return this.send(
      "POST",
      `${this.url}/api/auth/callback/password`,
      { ...this.asOurs(), "content-type": "application/x-www-form-urlencoded" },
      form.toString(),
    );
  }

  /** As a page does: with the token from our cookie, once more when the server has just renewed it. */
  private async asPage(address: string, init: RequestInit): Promise<Response> {
    const given = Object.fromEntries(new Headers(init.headers));
    const body = typeof init.body === "string" ? init.body : "";
    const once = () => this.send(init.method ?? "GET", address, { ...given, ...this.asOurs() }, body);
    let answer = await once();
    if (answer.status === 403 && answer.headers[CSRF_RENEWED_HEADER] !== undefined) answer = await once();
    return new Response(answer.text, {
      status: answer.status,
      headers: { "content-type": "application/json" },
    });
  }

  private asOurs(): Record<string, string> {
    const token = cookieValue(this.cookieHeader(), csrfCookieName(this.url.startsWith("https:")));
    return {
      ...{ origin: this.url, "sec-fetch-site": "same-origin" },
      ...(token === null ? {} : { [CSRF_HEADER]: token }),
    };
  }

  private cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  private send(
    method: string,
    address: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        address,
        {
          ...{ method, rejectUnauthorized: false, agent: false },
          headers: { ...headers, ...(this.cookies.size > 0 ? { cookie: this.cookieHeader() } : {}) },
        },
        (response) => {
          for (const line of response.headers["set-cookie"] ?? []) this.keep(line);
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", reject);
          response.once("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const answer = {
              asked: address.slice(this.url.length),
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
            };
            this.answers.push(answer);
            resolve(answer);
          });
        },
      );
      call.once("error", reject);
      call.end(body);
    });
  }

  private keep(line: string): void {
    const [pair = "", ...attributes] = line.split(";");
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const gone = value === "" || attributes.some((one) => /^\s*max-age=0$/i.test(one));
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
