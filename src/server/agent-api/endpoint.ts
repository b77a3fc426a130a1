import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Actor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, type RefusalBody } from "~/protocol/v1";
import { findAgent } from "../clients/find-agent";
import { noteRefusedAgent } from "../clients/note-refused-agent";
import { makeContext } from "../context";
import { databaseRefusal } from "../database-refusal";
import type { AgentCtx } from "../jobs/hand-out-jobs";
import { log } from "../log";
import { byAddress, demandTry } from "../rate-limits/demand-try";
import { readJson } from "./read-json";
import { HTTP_STATUS } from "./statuses";
import { UnreadableBody } from "./unreadable-body";

/**
 * The edge of the agent protocol: who asks, which version, what is said; then the room; then its answer or refusal as HTTP. Every
 * route of /api/agent/v1 is made of these. A fault never tells what broke: it is logged under the reference that the agent gets.
 */
export async function answerAgent<Input>(
  request: Request,
  schema: z.ZodType<Input>,
  /** `again`: who asks, by the rows of now. For what is held: the key may have died since. */
  act: (ctx: AgentCtx, input: Input, again: () => Promise<AgentCtx>) => Promise<unknown>,
): Promise<Response> {
  return answer(request, async () => {
    const actor = await whoAsks(request);
    const input = await parse(request, schema);
    return act({ ...makeContext(actor), actor }, input, async () => {
      const still = await agentOf(request);
      if (!still) throw keyInvalid();
      return { ...makeContext(still), actor: still };
    });
  });
}

/** The same for what is read and is no JSON: the answer is made whole by `act`. */
export async function answerAgentWith(
  request: Request,
  act: (ctx: AgentCtx) => Promise<Response>,
): Promise<Response> {
  return answering(request, async () => {
    const actor = await whoAsks(request);
    demandProtocol(request.headers.get("bbs-protocol"));
    return act({ ...makeContext(actor), actor });
  });
}

/** The same for a machine that has no key yet. */
export async function answerStranger<Input>(
  request: Request,
  schema: z.ZodType<Input>,
  act: (input: Input) => Promise<unknown>,
): Promise<Response> {
  return answer(request, async () => act(await parse(request, schema)));
}

async function answer(request: Request, act: () => Promise<unknown>): Promise<Response> {
  return answering(request, async () => Response.json(await act(), { headers }));
}

async function answering(request: Request, act: () => Promise<Response>): Promise<Response> {
  try {
    return await act();
  } catch (problem) {
    if (problem instanceof Refusal) return refuse(HTTP_STATUS[problem.code], problem);
    if (problem instanceof UnreadableBody) return refuse(problem.status, problem);
    const away = databaseRefusal(problem, { path: new URL(request.url).pathname });
    if (away) return refuse(HTTP_STATUS[away.code], away);
    const reference = randomBytes(5).toString("hex");
    log().error({ err: problem, reference, path: new URL(request.url).pathname }, "fault");
    return refuse(500, {
      code: "fault",
      say: "The server could not do this. Its log says why, under the reference.",
      reference,
    });
  }
}

const headers = { "cache-control": "no-store" };

interface Why {
  code: string;
  say: string;
  reference?: string;
  retryAfterSeconds?: number | null;
}

function refuse(status: number, why: Why): Response {
  const supported = { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION };
  const body: RefusalBody = {
    error: {
      code: why.code,
      say: why.say,
      ...(why.code === "protocol-unsupported" ? { supported } : {}),
      ...(why.reference ? { reference: why.reference } : {}),
    },
  };
  const wait: Record<string, string> = why.retryAfterSeconds
    ? { "retry-after": String(why.retryAfterSeconds) }
    : {};
  return Response.json(body, { status, headers: { ...headers, ...wait } });
}

/**
 * Wrong keys are counted strictly and by address, good ones apart from them and generously: whoever guesses behind the address of others
 * does not keep them out. What is no key of ours by its looks costs no look into the database.
 */
async function whoAsks(request: Request): Promise<Extract<Actor, { kind: "agent" }>> {
  const ctx = makeContext({ kind: "nobody" });
  const peer = request.headers.get("x-bbs-peer");
  const address = byAddress(peer);
  const key = keyOf(request);
  const agent = key ? await findAgent(ctx, key) : null;
  if (agent) {
    await demandTry(ctx, "agent", `agent ${agent.clientId}`, address);
    return agent;
  }
  await demandTry(ctx, "agent-bad-key", address);
  if (key) await noteRefusedAgent(ctx, { apiKey: key, peer });
  throw keyInvalid();
}

async function agentOf(request: Request): Promise<Extract<Actor, { kind: "agent" }> | null> {
  const key = keyOf(request);
  return key ? findAgent(makeContext({ kind: "nobody" }), key) : null;
}

function keyOf(request: Request): string | undefined {
  return /^Bearer (bbsa_[\w-]{43})$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

function keyInvalid(): Refusal {
  return new Refusal("agent-key-invalid", {
    say: "This machine's key is not known here. Enrol the machine again from the console.",
  });
}

/** The version is judged before the rest: another version's message may look like anything. */
async function parse<Input>(request: Request, schema: z.ZodType<Input>): Promise<Input> {
  const body = await readJson(request);
  const named = typeof body === "object" && body !== null && "protocol" in body ? body.protocol : null;
  demandProtocol(typeof named === "number" ? named : request.headers.get("bbs-protocol"));
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.slice(0, 5);
  const say = wrong.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Refusal("invalid-input", { say: `This message cannot be understood. ${say}` });
}

function demandProtocol(spoken: number | string | null): void {
  const version = Number(spoken);
  if (version >= OLDEST_PROTOCOL_VERSION && version <= PROTOCOL_VERSION) return;
  throw new Refusal("protocol-unsupported", {
    say: `This server speaks the agent protocol ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}; the agent speaks ${version || "none"}. Install the agent that this server offers.`,
  });
}
