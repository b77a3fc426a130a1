import { describe } from "vitest";
import { cellsOf } from "./cells";
import { testCells } from "./fault-suite";

/** Every cell, with SOAK=1 only; sample.test.ts runs some of all. */
describe.runIf(process.env.SOAK === "1")("kill -9 of the supervisor", () => {
  testCells("kill-supervisor", cellsOf("supervisor"));
});
