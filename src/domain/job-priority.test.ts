import { expect, it } from "vitest";
import { JOB_KINDS, type JobKind } from "./job";
import { priorityOf } from "./job-priority";

it("puts who needs a file back first, then who pressed a button, then the calendar, then upkeep", () => {
  const order = [
    priorityOf("restore", false),
    priorityOf("backup", true),
    priorityOf("list-folder", true),
    priorityOf("backup", false),
    priorityOf("compact", false),
  ];
  expect(order).toEqual([...order].sort((a, b) => b - a));
  expect(new Set(order).size).toBe(order.length);
});

it("never puts what nobody asked for before the same work that somebody asked for", () => {
  for (const kind of Object.keys(JOB_KINDS) as JobKind[])
    expect(priorityOf(kind, true)).toBeGreaterThanOrEqual(priorityOf(kind, false));
});
