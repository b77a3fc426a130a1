/** What the packed client exports, and the shapes from which pack.mjs writes its types. Edit when the package offers more. */
import type { AnyTRPCProcedure, inferProcedureInput, inferProcedureOutput } from "@trpc/server";
import type { AppRouter } from "~/server/api/root";

// biome-ignore lint/performance/noBarrelFile: a package has one entry, and this is it
export { BbsError, type BbsErrorCode } from "./bbs-error";
export { createBbsClient } from "./create-bbs-client";

type Rooms = AppRouter["_def"]["record"];
type Shape<Procedure> = Procedure extends AnyTRPCProcedure
  ? {
      type: Procedure["_def"]["type"];
      input: inferProcedureInput<Procedure>;
      output: Yielded<inferProcedureOutput<Procedure>>;
    }
  : never;
type Yielded<Output> = Output extends AsyncIterable<infer Item> ? Item : Output;

/** Every call: its kind, what goes in, what comes back (for a subscription: each message). */
export type Procedures = {
  [Room in keyof Rooms]: { [Verb in keyof Rooms[Room]]: Shape<Rooms[Room][Verb]> };
};
