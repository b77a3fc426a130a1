import { randomBytes } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { Refusal, type RefusalCode } from "~/domain/refusal";
import { databaseRefusal } from "../database-refusal";
import { log } from "../log";
import { TRPC_CODE } from "./refusal-codes";

/** What a caller is told when a request may not be done. `fields`: what is wrong with which input, by its dotted path. */
export interface RefusalData {
  code: RefusalCode;
  say: string;
  fields?: Record<string, string>;
  /** Seconds until it is worth trying again. */
  retryAfterSeconds?: number;
}

/**
 * A broken machine or our bug: logged in full under `reference`, of which the caller sees only that. Carries no cause: Next prints errors
 * of a page with all their causes, and those of the database hold what a statement was given.
 */
export class LoggedFault extends Error {
  readonly reference: string;
  constructor(reference: string) {
    super(`Something broke here. Quote reference ${reference} when asking for help.`);
    this.name = "LoggedFault";
    this.reference = reference;
  }
}

/** Writes a fault to the log once and gives it a reference. */
export function logFault(cause: unknown, about: Record<string, unknown>): LoggedFault {
  if (cause instanceof LoggedFault) return cause;
  const reference = randomBytes(5).toString("hex");
  log().error({ err: cause, reference, ...about }, "fault");
  return new LoggedFault(reference);
}

/** Turns whatever a procedure threw into what tRPC sends: a refusal with its code, or a fault with its reference. */
export function trpcErrorOf(error: TRPCError, path: string): TRPCError {
  const { cause } = error;
  if (cause instanceof Refusal) return refusalError(cause);
  if (error.code !== "INTERNAL_SERVER_ERROR") return error;
  const away = databaseRefusal(cause, { path });
  if (away) return refusalError(away);
  const fault = logFault(cause ?? error, { path });
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: fault.message, cause: fault });
}

/** A refusal as tRPC throws it. */
export function refusalError(refusal: Refusal): TRPCError {
  return new TRPCError({ code: TRPC_CODE[refusal.code], message: refusal.say, cause: refusal });
}

/** The refusal in an error, for the wire; null when it is none. */
export function refusalDataOf(error: TRPCError): RefusalData | null {
  const { cause } = error;
  if (cause instanceof Refusal) {
    const { code, say, retryAfterSeconds } = cause;
    return { code, say, ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }) };
  }
  if (cause instanceof ZodError) {
    const fields = Object.fromEntries(
      cause.issues.map((issue) => [issue.path.map(String).join("."), issue.message]),
    );
    const say = Object.entries(fields)
      .map(([path, message]) => (path ? `${path}: ${message}` : message))
      .join("; ");
    return { code: "invalid-input", say: `This input cannot be used. ${say}.`, fields };
  }
  return null;
}
