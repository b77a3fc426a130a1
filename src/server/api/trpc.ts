import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { ZodError } from "zod";
import { type Action, type Actor, mayAdminister, mayAnywhere, type UserActor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { findUnstorable } from "~/domain/storable-text";
import type { Ctx } from "../context";
import { noteDenial } from "./note-denial";
import { LoggedFault, refusalDataOf, trpcErrorOf } from "./trpc-error";

/**
 * The base of every router: who may call, and what a caller sees when it goes wrong. Edit when a new kind of permission is
 * needed; procedures themselves live in routers/<room>.ts.
 */
export interface ApiContext extends Ctx {
  /** True address of the caller as our HTTP server saw it; null in calls that came over no socket. */
  peer: string | null;
  /** Who asks by the rows of now, for what is held open. Absent in calls that came over no connection: they hold none. */
  refreshActor?: () => Promise<Actor>;
  /** Gives the browser the cookie of another sign-in than the one it came with. Absent where no browser listens. */
  giveCookie?: (signInId: string) => Promise<void>;
}

/**
 * Who may call a procedure: `public` anybody; an `Action` whoever may do that somewhere (`access/authorize` then judges the client it
 * is done to, `db/visible-to` what a list shows); `administer` admins; `own-account` every person for their own things, also by token;
 * `own-session` the same, but never by token (password, second factor, sign-ins); `finish-sign-in` also somebody whose sign-in is not whole yet.
 */
export interface ProcedureMeta {
  permission: Action | "public" | "administer" | "own-account" | "own-session" | "finish-sign-in";
}

const t = initTRPC
  .context<ApiContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    errorFormatter: ({ shape, error, path }) => {
      // Errors outside the middleware (context, subscriptions) pass here for the first time.
      const told = trpcErrorOf(error, path ?? "");
      const refusal = refusalDataOf(told);
      const fault = told.cause instanceof LoggedFault ? told.cause : null;
      return {
        ...shape,
        message: refusal?.say ?? told.message,
        data: {
          code: told.code,
          httpStatus: shape.data.httpStatus,
          path: shape.data.path,
          refusal,
          reference: fault?.reference ?? null,
        },
      };
    },
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const base = t.procedure.use(async ({ ctx, next, path }) => {
  const result = await next();
  if (result.ok) return result;
  noteDenial(ctx, path, result.error);
  throw trpcErrorOf(result.error, path);
});

type Declared<Permission> = { permission: Permission };

const open = base.use(async ({ getRawInput, next }) => {
  demandStorable(await getRawInput());
  return next();
});

/** Anybody may call it. Listed by name in tests/rooms/access/matrix.test.ts. */
export const publicProcedure = {
  meta: (declared: Declared<"public">) => open.meta(declared),
};

const gated = base.use(async ({ ctx, meta, getRawInput, next }) => {
  if (!meta)
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "procedure without a permission" });
  const actor = demandPermission(ctx.actor, meta.permission);
  demandStorable(await getRawInput());
  return next({ ctx: { actor } });
});

/** No text of ours holds NUL or half a surrogate pair; the database would call it a fault. */
function demandStorable(input: unknown): void {
  const path = findUnstorable(input);
  if (!path) return;
  const message = "It holds a character that cannot be stored.";
  throw new TRPCError({
    code: "BAD_REQUEST",
    cause: new ZodError([{ code: "custom", path, message, input }]),
  });
}

/**
 * Somebody who is signed in and has the permission that the procedure declares with `.meta({ permission })`; a procedure that declares
 * none does not compile. For things of one client it is only the first gate: the operation also takes `Authorized`.
 */
export const signedIn = {
  meta: (declared: Declared<Exclude<ProcedureMeta["permission"], "public">>) => gated.meta(declared),
};

/** The first gate: whether there is anything at all for which this actor may do what a procedure declares. Refuses otherwise. */
export function demandPermission(actor: Actor, permission: ProcedureMeta["permission"]): UserActor {
  if (actor.kind !== "user") throw new Refusal("not-signed-in", { say: "Sign in first." });
  if (permission !== "finish-sign-in") demandWhole(actor);
  if (!mayCall(actor, permission)) {
    const denied = { action: permission, clientId: null };
    throw new Refusal("forbidden", { say: "Your account may not do this. Ask an admin.", denied });
  }
  return actor;
}

function demandWhole({ standing }: UserActor): void {
  switch (standing) {
    case "whole":
      return;
    case "second-factor-missing":
      throw new Refusal("second-factor-needed", { say: "Show your second factor first." });
    case "not-enrolled":
      throw new Refusal("second-factor-not-set-up", {
        say: "An admin demands a second factor. Sign in to the console and set one up.",
      });
    case "pending":
      throw new Refusal("approval-pending", { say: "An admin has to let you in first." });
  }
}

function mayCall(actor: UserActor, permission: ProcedureMeta["permission"]): boolean {
  switch (permission) {
    case "public":
    case "own-account":
      return true;
    case "own-session":
    case "finish-sign-in":
      return actor.via === "session";
    case "administer":
      return mayAdminister(actor);
    default:
      return mayAnywhere(actor, permission);
  }
}
