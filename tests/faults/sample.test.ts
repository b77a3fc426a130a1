import { describe } from "vitest";
import { sampled } from "../support/sampled";
import { seededRandom } from "../support/seeded-random";
import { ALL_STRIKES, cellsOf } from "./cells";
import { testCells } from "./fault-suite";

/** Some faults of the whole table, other ones every day (SEED repeats one). SOAK=1 runs the whole table, in the files beside this one. */
const random = seededRandom(Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000)));
const short = ALL_STRIKES.filter((strike) => strike !== "long-cut");

describe.skipIf(process.env.SOAK === "1")("faults of today", () => {
  testCells(
    "sample",
    sampled(short, 3).map((strike) => random.pick(cellsOf(strike))),
    { disk: true, clock: true },
  );
});
