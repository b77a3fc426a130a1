import fc from "fast-check";
import { expect, it } from "vitest";
import { judgeDrill, READ_BACKS } from "./drill";

const file = fc.record({
  path: fc.constantFrom("etc/a", "etc/b", "srv/c"),
  readBack: fc.constantFrom(...READ_BACKS),
});
const findings = fc.record(
  {
    files: fc.array(file, { maxLength: 5 }),
    missingCanaries: fc.array(fc.constantFrom("srv/canary"), { maxLength: 2 }),
    stoppedBy: fc.constantFrom(null, "etc/a cannot be read out of the archive"),
  },
  { requiredKeys: ["files", "missingCanaries"] },
);

it("is proved only when files were compared and nothing at all was wrong", () => {
  fc.assert(
    fc.property(findings, (given) => {
      const judged = judgeDrill(given);
      const isWrong =
        given.files.some(({ readBack }) => readBack !== "same") ||
        given.missingCanaries.length > 0 ||
        Boolean(given.stoppedBy);
      const wasRead = given.files.length > 0 || given.stoppedBy !== undefined;
      if (isWrong) return judged?.outcome === "failed";
      if (!wasRead) return judged === null;
      return judged?.outcome === (given.files.length > 0 ? "proved" : "readable");
    }),
  );
});

it("names the first thing that is wrong, and counts the others", () => {
  expect(
    judgeDrill({
      files: [
        { path: "etc/a", readBack: "same" },
        { path: "etc/b", readBack: "differs" },
        { path: "srv/c", readBack: "missing" },
      ],
      missingCanaries: ["srv/canary"],
    })?.say,
  ).toBe("Etc/b differs from what the machine hashed. 2 more findings.");
  expect(
    judgeDrill({ files: [{ path: "etc/a", readBack: "same" }], missingCanaries: [], stoppedBy: null })?.say,
  ).toBe(
    "1 file is the same from the machine's disk to the restored byte. Everything else could be read back.",
  );
});
