import { describe, expect, it } from "vitest";
import { findSeat, sayAhead } from "./queue-limits";

const limits = { mostOnServer: 200, mostPerNode: 20, mostPerClient: 2 };
const none = { server: 0, node: 0, client: 0 };

describe("findSeat", () => {
  it.each([
    ["nothing runs", none, { free: 20 }],
    ["the node has room for three", { server: 17, node: 17, client: 0 }, { free: 3 }],
    ["the server has less room than the node", { server: 199, node: 3, client: 1 }, { free: 1 }],
  ])("has places when %s", (_, taken, seat) => {
    expect(findSeat(limits, taken, "backup")).toEqual(seat);
  });

  it.each([
    ["limit-node", { server: 25, node: 20, client: 0 }, "Waits: 20 of 20 backups run on this storage node."],
    ["limit-server", { server: 200, node: 3, client: 0 }, "Waits: 200 of 200 backups run on this server."],
    [
      "limit-client",
      { server: 2, node: 2, client: 2 },
      "Waits: this machine does 2 of 2 jobs that one machine may do at once.",
    ],
  ])("says in words which limit it is: %s", (code, taken, say) => {
    expect(findSeat(limits, taken, "backup")).toEqual({ free: 0, why: { code, say } });
  });

  it("has none, and no fewer, when a limit was lowered below what runs", () => {
    expect(
      findSeat({ ...limits, mostPerNode: 5 }, { server: 9, node: 9, client: 0 }, "restore"),
    ).toMatchObject({
      free: 0,
      why: { say: "Waits: 9 of 5 restores run on this storage node." },
    });
  });
});

it("says how long the line is", () => {
  expect([0, 1, 12, 1001].map(sayAhead)).toEqual([
    "It is the next.",
    "One is before it.",
    "About 12 are before it.",
    "More than 1000 are before it.",
  ]);
});
