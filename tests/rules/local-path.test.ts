import fc from "fast-check";
import { expect, it } from "vitest";
import { localPath } from "~/components/access/local-path";

it.each([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "\\/evil.example",
  "javascript:alert(1)",
  "",
  undefined,
  null,
  ["/jobs", "/plans"],
])("leads nowhere else: %j", (text) => {
  expect(localPath(text)).toBe("/");
});

it("keeps pages of the console with what they were asked for", () => {
  expect(localPath("/jobs?state=failed#log")).toBe("/jobs?state=failed#log");
  expect(localPath("/sign-in?to=/jobs")).toBe("/");
});

it("stays on this host for whatever text, as a browser resolves it", () => {
  const parts = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "\t",
    "\n",
    "evil.example",
    "@",
    ":",
    "?",
    "#",
    "%2f",
    "https:",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(parts).map((list) => `/${list.join("")}`),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(new URL(localPath(text), "https://console.example").origin).toBe("https://console.example");
    }),
    { numRuns: 500 },
  );
});
