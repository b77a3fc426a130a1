import { describe, expect, it } from "vitest";
import { appRouter, createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { testDatabase } from "~tests/support/database";
import { personActor } from "~tests/support/person";

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
];

/** tRPC keeps them flat, by dotted path, whatever its types say. */
const procedures = Object.entries<unknown>(appRouter._def.procedures).map(([path, procedure]) => ({
  path,
  permission: within(procedure, "_def", "meta", "permission"),
}));

function within(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((at, key) => Reflect.get(Object(at), key), value);
}

/** Calls a procedure by its dotted path with an input that no schema takes. */
async function codeOf(ctx: Ctx, path: string): Promise<string> {
  const caller = createCaller({ ...ctx, peer: null });
  try {
    const call = within(caller, ...path.split("."));
    if (typeof call !== "function") throw new Error(`${path} is not callable`);
    await call(Symbol.for("no input"));
    return "answered";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

async function codesOf(ctx: Ctx, asked: typeof procedures) {
  return Promise.all(asked.map(async ({ path }) => [path, await codeOf(ctx, path)]));
}

const all = (asked: typeof procedures, code: string) => asked.map(({ path }) => [path, code]);

describe("every procedure", () => {
  const closed = procedures.filter(({ path }) => !PUBLIC.includes(path));

  it("says who may call it", () => {
    expect(procedures.length).toBeGreaterThan(30);
    expect(procedures.filter(({ permission }) => permission === undefined)).toEqual([]);
  });

  it("is public only by name", () => {
    const open = procedures.filter(({ permission }) => permission === "public").map(({ path }) => path);
    expect(open.sort()).toEqual(PUBLIC);
  });

  it("refuses a stranger before it reads the input", async () => {
    const database = await testDatabase();
    expect(await codesOf(database.nobodyCtx(), closed)).toEqual(all(closed, "UNAUTHORIZED"));
  });

  it("refuses machines and the worker, which have ways of their own", async () => {
    const database = await testDatabase();
    expect(await codesOf(database.workerCtx(), closed)).toEqual(all(closed, "UNAUTHORIZED"));
    expect(await codesOf(database.agentCtx("abc"), closed)).toEqual(all(closed, "UNAUTHORIZED"));
  });

  it("refuses an account that is not an admin, but for what is its own", async () => {
    const database = await testDatabase();
    const ctx = database.ctx({ actor: personActor() });
    const admins = closed.filter(({ permission }) => permission !== "own-account");
    expect(await codesOf(ctx, admins)).toEqual(all(admins, "FORBIDDEN"));
    const own = closed.filter(({ permission }) => permission === "own-account");
    expect(own.map(({ path }) => path).sort()).toEqual([
      "me.get",
      "tokens.create",
      "tokens.list",
      "tokens.revoke",
    ]);
  });
});
