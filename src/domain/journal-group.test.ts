import { expect, it } from "vitest";
import { JOURNAL_ACTIONS } from "./journal-action";
import { actionsOfGroup, JOURNAL_GROUPS } from "./journal-group";

it("puts every action into exactly one group", () => {
  const grouped = JOURNAL_GROUPS.flatMap(actionsOfGroup);
  expect([...grouped].sort()).toEqual([...JOURNAL_ACTIONS].sort());
});
