import { ACTIONS, type Action, GRANTABLE, PRESETS, SCOPES, type Scope } from "~/domain/permission";
import { appRouter } from "~/server/api/root";
import type { ProcedureMeta } from "~/server/api/trpc";
import type { ProcedureRow } from "./procedure-inputs";

type Declared = ProcedureMeta["permission"];
type Row = ProcedureRow<unknown>;

export interface Procedure {
  /** `plans.run` */
  path: string;
  type: "query" | "mutation" | "subscription";
  declared: Declared;
}

/** Somebody who calls everything. What they may is written down here by hand, not asked of the rules that are under test. */
export interface Caller {
  name: string;
  /** Column of the table in docs/permissions.md. */
  short: string;
  kind: "nobody" | "session" | "token";
  standing?: "second-factor-needed" | "second-factor-not-set-up" | "approval-pending";
  /** What they may do with web-01. */
  web: readonly Action[];
  /** What they may do with some client. */
  anywhere: readonly Action[];
  administer: boolean;
  /** Of an admin's token: what it is limited to, judged by the procedure that is called. */
  scopes?: "all-but-needed" | "needed";
}

const nothing = { web: [], anywhere: [], administer: false } as const;
const everything = { web: ACTIONS, anywhere: ACTIONS, administer: true } as const;
const person = (name: string, short: string, may: readonly Action[]): Caller => ({
  ...{ name, short, kind: "session", web: may, anywhere: may, administer: false },
});

/** Every kind of caller, in the order of the table. */
export const CALLERS: readonly Caller[] = [
  { name: "signed out", short: "out", kind: "nobody", ...nothing },
  { name: "token of a disabled admin", short: "disabled", kind: "nobody", ...nothing },
  {
    ...{ name: "admin who has not shown the second factor", short: "2nd factor", kind: "session" },
    ...{ standing: "second-factor-needed", ...everything },
  },
  {
    ...{ name: "admin who must set up a second factor", short: "not set up", kind: "session" },
    ...{ standing: "second-factor-not-set-up", ...everything },
  },
  {
    ...{ name: "owner of all who waits for approval", short: "pending", kind: "session" },
    ...{ standing: "approval-pending", ...everything },
  },
  { name: "somebody without permissions", short: "nobody's", kind: "session", ...nothing },
  ...GRANTABLE.map((one) =>
    person(`${one} alone, on web-01`, one, one === "view" ? ["view"] : ["view", one]),
  ),
  person("operator, by a tag of web-01", "operator", PRESETS.operator),
  person("owner of web-01", "owner", PRESETS.owner),
  {
    ...{ name: "owner of db-01, another client", short: "other's owner", kind: "session", web: [] },
    ...{ anywhere: PRESETS.owner, administer: false },
  },
  { name: "admin", short: "admin", kind: "session", ...everything },
  {
    ...{ name: "admin's token without the scope", short: "token without", kind: "token", ...everything },
    scopes: "all-but-needed",
  },
  {
    ...{ name: "admin's token with the scope alone", short: "token with", kind: "token", ...everything },
    scopes: "needed",
  },
];

/** Every procedure of the router, as it declares itself. */
export function allProcedures(): Procedure[] {
  // tRPC keeps them flat, by dotted path, whatever its types say.
  return Object.entries<unknown>(appRouter._def.procedures)
    .map(([path, procedure]) => {
      const def = within(procedure, "_def");
      const type = within(def, "type");
      const declared = within(def, "meta", "permission");
      return { path, type, declared } as Procedure;
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The row of a procedure; undefined when nobody wrote one. */
export function rowOf(rows: object, path: string): Row | undefined {
  return within(rows, ...path.split(".")) as Row | undefined;
}

/** The scopes by which alone a procedure can be called. */
export function scopesNeeded({ declared }: Procedure, row: Row): Scope[] {
  const needs = [declared, "needs" in row ? row.needs : undefined, "gives" in row ? row.gives : undefined];
  return SCOPES.filter((scope) => needs.includes(scope));
}

/** What a caller with these scopes may, when the token is an admin's. */
export function limited(caller: Caller, procedure: Procedure, row: Row): Caller {
  if (!caller.scopes) return caller;
  const has = new Set(scopesOf(caller.scopes, procedure, row));
  const may = ACTIONS.filter((action) => has.has(action));
  return { ...caller, web: may, anywhere: may, administer: has.has("administer") };
}

export function scopesOf(which: "all-but-needed" | "needed", procedure: Procedure, row: Row): Scope[] {
  const needed = scopesNeeded(procedure, row);
  if (which === "needed") return needed;
  // What is judged last is what is missing: the first gate has been passed then.
  const last = "needs" in row && row.needs ? row.needs : undefined;
  return SCOPES.filter((scope) => (last ? scope !== last : !needed.includes(scope)));
}

/**
 * What the caller must be answered: `allowed` (whatever the operation then says of its input), a refusal's code, or `missing`: exactly as
 * for an id that never was. More than one: how far an unfinished sign-in comes is up to the operation.
 */
export function expectedOf(given: Caller, procedure: Procedure, row: Row): string[] {
  const { declared } = procedure;
  const caller = limited(given, procedure, row);
  if (declared === "public") return ["allowed"];
  if (caller.kind === "nobody") return ["not-signed-in"];
  if (declared === "finish-sign-in" && caller.standing) return ["allowed", caller.standing, "forbidden"];
  if (caller.standing) return [caller.standing];
  if (!mayCall(caller, declared)) return ["forbidden"];
  if ("gives" in row && row.gives && !caller.anywhere.includes(row.gives)) return ["forbidden"];
  if (!("of" in row)) return ["allowed"];
  if (row.of === "a person") return ["missing"];
  const needs = row.needs ?? declared;
  if (caller.web.some((action) => action === needs)) return ["allowed"];
  return [caller.web.includes("view") ? "forbidden" : "missing"];
}

function mayCall(caller: Caller, declared: Declared): boolean {
  if (declared === "own-account") return true;
  if (declared === "own-session" || declared === "finish-sign-in") return caller.kind === "session";
  if (declared === "administer") return caller.administer;
  return caller.anywhere.some((action) => action === declared);
}

function within(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((at, key) => Reflect.get(Object(at), key), value);
}
