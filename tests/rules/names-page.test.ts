import fc from "fast-check";
import { expect, it } from "vitest";
import { nameMatcher } from "~/server/archives/catalog/name-query";
import { type NamesPage, namesPages, readNamesPage } from "~/server/archives/catalog/names-page";

const binary = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));
const name = fc.oneof(
  binary,
  fc
    .constantFrom("\u0002", "\n", "README", "readme", "İ", "ß")
    .map((text) => Buffer.from(text, "utf8").toString("latin1")),
);

it("gives back every name with its bytes and its folder, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), name), { maxLength: 900 }), (given) => {
      const pages: NamesPage[] = [];
      const into = namesPages((page) => pages.push(page));
      for (const [folder, one] of given) into.add(folder, one);
      into.finish();
      expect(pages.flatMap(readNamesPage).map((one) => [one.folder, one.name])).toEqual(given);
    }),
  );
});

it.each([
  [{ text: "REP" }, ["report.PDF"]],
  [{ text: "re" }, ["report.PDF"]],
  [{ text: "po" }, []],
  [{ text: "*.pdf" }, ["report.PDF"]],
  [{ text: "r?port.*" }, ["report.PDF"]],
  [{ text: "port*" }, []],
  [{ text: "100%" }, ["100%_sure"]],
  [{ text: "[a" }, ["[a](b)"]],
  [{ text: "[a]*" }, ["[a](b)"]],
  [{ extension: ".Pdf" }, ["report.PDF"]],
  [{ text: "e", extension: "pdf" }, []],
  [{}, ["report.PDF", "100%_sure", "[a](b)"]],
])("finds by %j", (query, found) => {
  const pages: NamesPage[] = [];
  const into = namesPages((page) => pages.push(page));
  for (const one of ["report.PDF", "100%_sure", "[a](b)"]) into.add(1, one);
  into.finish();
  expect(pages.flatMap(nameMatcher(query).matches).map((one) => one.name)).toEqual(found);
});
