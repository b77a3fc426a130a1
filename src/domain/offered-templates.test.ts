import { expect, it } from "vitest";
import { offeredTemplates } from "./offered-templates";
import { builtInTemplates } from "./plan-templates";

const row = (id: string, name: string, kind: "template" | "profile" = "template") => ({
  ...{ id, name, kind, settings: { compression: "lz4" } },
});

it("offers the built-in templates where nobody has made any", () => {
  expect(offeredTemplates([], "UTC").map(({ key }) => key)).toEqual(
    builtInTemplates("UTC").map(({ key }) => key),
  );
});

it("puts one that was made here in the place of the built-in one of its name, and others behind", () => {
  const rows = [row("a", "Kiosk"), row("b", "LAPTOP"), row("c", "Server", "profile")];
  const offered = offeredTemplates(rows, "UTC");
  expect(offered.map(({ key }) => key)).toEqual([
    ...["server", "database-server", "web-server", "b", "mail-server", "a"],
  ]);
  expect(offered.find(({ key }) => key === "b")).toMatchObject({ hint: "Sets compression.", row: rows[1] });
});

it("takes the times of templates on the wall clock that is asked for", () => {
  expect(offeredTemplates([], "Asia/Tokyo")[0]?.settings.schedule).toMatchObject({ zone: "Asia/Tokyo" });
});
