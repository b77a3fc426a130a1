import { readdirSync } from "node:fs";
import { TRPCError } from "@trpc/server";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { ZodError } from "zod";
import { type Actor, GRANTABLE, type Grant, PRESETS } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { clientTags } from "~/server/db/schema/clients";
import { settings } from "~/server/db/schema/settings";
import { bearerOf, insertPerson, signedInAs } from "~tests/support/acting-people";
import {
  allProcedures,
  CALLERS,
  type Caller,
  expectedOf,
  type Procedure,
  rowOf,
  scopesOf,
} from "~tests/support/permission-matrix";
import { type ProcedureRow, procedureInputs } from "~tests/support/procedure-inputs";
import { type SmallFleet, smallFleet } from "~tests/support/small-fleet";

/** All that a stranger may call. Adding a name here is a decision about security. */
const PUBLIC = [
  "join.accept",
  "join.check",
  "passwordReset.ask",
  "passwordReset.check",
  "passwordReset.complete",
  "passwordReset.state",
  "setup.checkLink",
  "setup.complete",
  "setup.state",
  "signInSettings.ways",
  "signInSteps.beginPasskeySignIn",
];

/** Every way in that is not the router's. Adding one is a decision about security too: none of the tests here asks it. */
const ROUTES = [
  ".well-known/security.txt",
  "agent/bbs-agent.mjs",
  "api/agent/v1/enroll",
  "api/agent/v1/jobs/[id]/report",
  "api/agent/v1/poll",
  "api/agent/v1/probation",
  "api/agent/v1/release-files/[sha256]",
  "api/auth/[...nextauth]",
  "api/downloads/[ticket]",
  "api/health",
  "api/journal/export",
  "api/trpc/[trpc]",
  "healthz",
  "install.sh",
  "metrics",
  "readyz",
];

/** Refusals for want of a permission. Everything else is about the input, and only whoever may comes so far. */
const DENIALS: readonly string[] = [
  "not-signed-in",
  "second-factor-needed",
  "second-factor-not-set-up",
  "approval-pending",
  "forbidden",
  "not-found",
  "archive-missing",
];

type Row = ProcedureRow<unknown>;
const procedures = allProcedures();

describe("every procedure", () => {
  it("says who may call it, and is public only by name", () => {
    expect(procedures.length).toBeGreaterThan(100);
    expect(procedures.filter(({ declared }) => declared === undefined)).toEqual([]);
    const open = procedures.filter(({ declared }) => declared === "public").map(({ path }) => path);
    expect(open).toEqual(PUBLIC);
  });

  it("stands beside no other ways in but those that are known by name", () => {
    const routes = readdirSync("src/app", { recursive: true, encoding: "utf8" });
    const ways = routes
      .filter((path) => /\/route\.tsx?$/.test(path))
      .map((path) => path.replace(/\/route\.\w+$/, ""));
    expect(ways.sort()).toEqual(ROUTES);
  });

  it("refuses machines, the worker and strangers before it reads the input", async () => {
    const { world } = await smallFleet();
    const closed = procedures.filter(({ declared }) => declared !== "public");
    for (const actor of [
      { kind: "nobody" } as const,
      { kind: "worker" } as const,
      world.database.agentCtx(world.client.id).actor,
    ]) {
      const answers = await Promise.all(
        closed.map(async (procedure) => [
          procedure.path,
          codeOf(await answerTo({ ...world.admin(), actor }, procedure, Symbol.for("no input"))),
        ]),
      );
      expect(answers).toEqual(closed.map(({ path }) => [path, "not-signed-in"]));
    }
  });

  it("answers each caller as its permission says, and a foreign id as a missing one", async () => {
    const fleet = await smallFleet();
    const rows = procedureInputs(fleet);
    expect(procedures.filter(({ path }) => !rowOf(rows, path)).map(({ path }) => path)).toEqual([]);
    const actors = await people(fleet);
    const wrong: (string | null)[] = [];
    for (const procedure of procedures) {
      const row = rowOf(rows, procedure.path);
      if (!row) continue;
      const cell = async (caller: Caller) => ({
        ...{ procedure, row, caller, expected: expectedOf(caller, procedure, row) },
        actor: await actors(caller, procedure, row),
      });
      const cells = await Promise.all(CALLERS.map(cell));
      // Who is refused changes nothing, so all at once; the others one after the other.
      const refused = cells.filter(({ expected }) => !expected.includes("allowed"));
      wrong.push(...(await Promise.all(refused.map((one) => wrongWith(fleet, one)))));
      for (const one of cells.filter(({ expected }) => expected.includes("allowed")))
        wrong.push(await wrongWith(fleet, one));
    }
    expect(wrong.filter((problem) => problem !== null)).toEqual([]);
    expect(wrong).toHaveLength(procedures.length * CALLERS.length);
  }, 300_000);
});

interface Cell {
  procedure: Procedure;
  row: Row;
  caller: Caller;
  expected: string[];
  actor: Actor;
}

/** What is wrong with one cell of the matrix, in words; null: nothing. */
async function wrongWith({ world }: SmallFleet, cell: Cell): Promise<string | null> {
  const { procedure, row, caller, expected, actor } = cell;
  const ctx = { ...world.admin(), actor };
  const ask = (input: unknown) =>
    expected.includes("allowed")
      ? undone(ctx, (inTx) => answerTo(inTx, procedure, input))
      : answerTo(ctx, procedure, input);
  const answer = await ask(row.input);
  const code = codeOf(answer);
  const where = `${procedure.path} by ${caller.name}`;
  if (code.startsWith("broken")) return `${where}: ${code}`;
  if (!expected.includes("missing")) {
    const got = isDenial(code, procedure, row) ? code : "allowed";
    return expected.includes(got) ? null : `${where}: ${code} instead of ${expected.join(" or ")}`;
  }
  const missing = "missing" in row ? await ask(row.missing) : null;
  const same = JSON.stringify(answer) === JSON.stringify(missing);
  if (!same) return `${where}: ${JSON.stringify(answer)}, but of no id ${JSON.stringify(missing)}`;
  return ["not-found", "archive-missing"].includes(code) ? null : `${where}: ${code} instead of a missing id`;
}

/** What is not there is no denial where the row names no thing, and strangers have no permission to lack. */
function isDenial(code: string, { declared }: Procedure, row: Row): boolean {
  if (declared === "public") return false;
  const isMissing = code === "not-found" || code === "archive-missing";
  return DENIALS.includes(code) && ("of" in row || !isMissing);
}

/** What a caller can tell answers apart by; null: it was done. */
type Answer = { status: string; say: string; code: string } | null;

function codeOf(answer: Answer): string {
  return answer?.code ?? "done";
}

async function answerTo(ctx: Ctx, procedure: Procedure, input: unknown): Promise<Answer> {
  const over = new AbortController();
  const caller = createCaller({ ...ctx, peer: "192.0.2.7" }, { signal: over.signal });
  try {
    const call = procedure.path.split(".").reduce<unknown>((at, key) => Reflect.get(Object(at), key), caller);
    if (typeof call !== "function") throw new Error(`${procedure.path} is not callable`);
    const result: unknown = await call(input);
    if (procedure.type === "subscription") await begin(result, over);
    return null;
  } catch (error) {
    return told(error);
  } finally {
    over.abort();
  }
}

/** Asks a stream for its first event, and no longer than it takes to be refused. */
async function begin(stream: unknown, over: AbortController): Promise<void> {
  const iterator = (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const timer = setTimeout(() => over.abort(), 30);
  await iterator.next();
  clearTimeout(timer);
}

function told(error: unknown): Answer {
  // A stream's own refusals become tRPC's at the transport.
  if (error instanceof Refusal) return { status: "refused", say: error.say, code: error.code };
  if (!(error instanceof TRPCError)) return { status: "none", say: String(error), code: "broken: no answer" };
  const { code: status, message: say, cause } = error;
  if (cause instanceof Refusal) return { status, say, code: cause.code };
  const why = cause instanceof ZodError ? `the row's input: ${cause.message}` : say;
  return { status, say, code: `broken: ${why}` };
}

class Undo extends Error {}

/** Does something in a transaction that is given up, so that every caller meets the same fleet. */
async function undone<Result>(ctx: Ctx, act: (ctx: Ctx) => Promise<Result>): Promise<Result> {
  const results: Result[] = [];
  await ctx.db
    .transaction(async (tx) => {
      results.push(await act({ ...ctx, db: tx }));
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  const [result] = results;
  if (result === undefined) throw new Error("nothing was done");
  return result;
}

/** Finds for every caller who that is, from rows. Tokens are made for each procedure anew where their scopes depend on it. */
async function people(fleet: SmallFleet) {
  const { database } = fleet.world;
  const { db } = database.pool;
  await db.insert(clientTags).values({ clientId: fleet.web.clientId, tag: "front" });
  const on = (clientId: string, permissions: Grant["permissions"]) => ({
    grants: [{ clientId, tag: null, permissions }],
  });
  const all = { grants: [{ clientId: null, tag: null, permissions: GRANTABLE }] };
  const adminId = await insertPerson(database, { role: "admin" });
  const named = new Map<string, Actor>([
    ["signed out", { kind: "nobody" }],
    ["token of a disabled admin", await disabledAdmin(fleet)],
    [
      "admin who has not shown the second factor",
      await signedInAs(database, { role: "admin", hasTotp: true }),
    ],
    ["admin who must set up a second factor", await unenrolledAdmin(fleet)],
    ["owner of all who waits for approval", await signedInAs(database, { ...all, pendingSince: new Date() })],
    ["somebody without permissions", await signedInAs(database, {})],
    [
      "operator, by a tag of web-01",
      await signedInAs(database, {
        grants: [{ clientId: null, tag: "front", permissions: PRESETS.operator }],
      }),
    ],
    ["owner of web-01", await signedInAs(database, on(fleet.web.clientId, GRANTABLE))],
    ["owner of db-01, another client", await signedInAs(database, on(fleet.db.clientId, GRANTABLE))],
    ["admin", await signedInAs(database, { role: "admin" })],
  ]);
  for (const one of GRANTABLE)
    named.set(`${one} alone, on web-01`, await signedInAs(database, on(fleet.web.clientId, [one])));
  return async (caller: Caller, procedure: Procedure, row: Row): Promise<Actor> => {
    const scopes = caller.scopes ? scopesOf(caller.scopes, procedure, row) : null;
    const name = scopes ? `token for ${scopes.join()}` : caller.name;
    const known = named.get(name) ?? (scopes && (await bearerOf(database, { userId: adminId, scopes })));
    if (!known) throw new Error(`nobody is ${name}`);
    named.set(name, known);
    return known;
  };
}

async function disabledAdmin({ world: { database } }: SmallFleet): Promise<Actor> {
  const userId = await insertPerson(database, { role: "admin", disabledAt: new Date() });
  return bearerOf(database, { userId, scopes: ["view", "administer"] });
}

/** Read while the setting is on; the others have no second factor either. */
async function unenrolledAdmin({ world: { database } }: SmallFleet): Promise<Actor> {
  const demanding = { name: "sign-in" as const, value: { requireSecondFactor: true } };
  await database.pool.db.insert(settings).values({ ...demanding, changedAt: new Date() });
  const actor = await signedInAs(database, { role: "admin" });
  await database.pool.db.delete(settings).where(eq(settings.name, "sign-in"));
  return actor;
}
