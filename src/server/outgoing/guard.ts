import type http from "node:http";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { type CheckedAddresses, checkedResolve, type Resolve } from "./check-target";
import { type Bounds, checkedAgent } from "./checked-agent";
import { type FetchedAnswer, type OpenedAnswer, type OutgoingRequest, openOnce } from "./open-once";
import { OutgoingProblem } from "./outgoing-problem";

/**
 * The one guard of everything that this server connects to because somebody typed its address: OpenID Connect, mail, webhooks, object
 * storage. Edit when another kind of connection comes; it then asks here and nowhere else.
 */
export interface GuardOptions extends Partial<Bounds> {
  /** Tests give their own names. */
  resolve?: Resolve;
}

export interface FetchOptions extends GuardOptions, Partial<OutgoingRequest> {
  /** False: an answer that redirects is given as it came. */
  follow?: boolean;
}

const BOUNDS: Bounds = { seconds: 10, mostBytes: 1024 * 1024 };
const MOST_REDIRECTS = 3;

/**
 * The addresses to connect to for a host, in the resolver's order: the caller connects to one of exactly these (and checks the certificate
 * against `host`), because the name may mean another a moment later. Refuses `target-forbidden` for an internal host that is not allowed
 * under Settings.
 */
export async function guardedAddresses(
  ctx: Pick<Ctx, "db">,
  host: string,
  options: GuardOptions = {},
): Promise<CheckedAddresses> {
  return (await checkedResolve(ctx, options.resolve))(host);
}

/**
 * One HTTP request through the guard. Follows at most three redirects of GET and HEAD, each checked again, never from https to http, and
 * without credentials on the way to another origin; an answer to anything else is given as it came. Refuses `target-forbidden`, throws
 * `OutgoingProblem` when there is no answer, one that takes too long, or one larger than `mostBytes` (1 MiB).
 */
export async function guardedFetch(
  ctx: Pick<Ctx, "db">,
  url: string,
  options: FetchOptions = {},
): Promise<FetchedAnswer> {
  const { pieces, close: _, ...answer } = await guardedOpen(ctx, url, options);
  const chunks: Buffer[] = [];
  for await (const piece of pieces) chunks.push(piece);
  return { ...answer, body: Buffer.concat(chunks).toString("utf8") };
}

/** The same for an answer that is too large to be held: its body is read as it comes. Whoever does not read it to its end closes it. */
export async function guardedOpen(
  ctx: Pick<Ctx, "db">,
  url: string,
  options: FetchOptions = {},
): Promise<OpenedAnswer> {
  const resolve = await checkedResolve(ctx, options.resolve);
  const method = options.method ?? "GET";
  const follow = options.follow !== false && (method === "GET" || method === "HEAD");
  let at = demandHttpUrl(url);
  let headers = options.headers ?? {};
  for (let hop = 0; ; hop++) {
    const answer = await openOnce(at, { ...BOUNDS, ...options, method, headers }, resolve);
    const next = follow ? redirectOf(answer, at) : null;
    if (next === null) return answer;
    answer.close();
    if (hop === MOST_REDIRECTS) throw new OutgoingProblem(`${at.host} redirects too often.`);
    if (at.protocol === "https:" && next.protocol === "http:")
      throw new Refusal("target-forbidden", { say: `${at.host} redirects to an address without https.` });
    if (next.origin !== at.origin) headers = withoutCredentials(headers);
    at = next;
  }
}

/** For a library that takes an agent: sockets through the guard, for one of the two protocols. */
export async function guardedAgent(
  ctx: Pick<Ctx, "db">,
  protocol: "http:" | "https:",
  options: GuardOptions = {},
): Promise<http.Agent> {
  return checkedAgent(protocol, await checkedResolve(ctx, options.resolve), { ...BOUNDS, ...options });
}

function demandHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new Refusal("target-forbidden", {
      say: "Use an address that begins with https:// and holds no password.",
    });
  return url;
}

function redirectOf(answer: Pick<OpenedAnswer, "status" | "headers">, from: URL): URL | null {
  const { location } = answer.headers;
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return null;
  if (!URL.canParse(location, from)) throw new OutgoingProblem(`${from.host} redirects to nowhere.`);
  return demandHttpUrl(new URL(location, from).href);
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)),
  );
}
