import fc from "fast-check";
import { expect, it } from "vitest";
import { DEEPEST_JSON, jsonTrouble } from "./json-shape";

const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

it("takes as many levels as there may be and no more, of arrays and of objects", () => {
  expect(jsonTrouble(nested(DEEPEST_JSON, "[", "]"))).toBeNull();
  expect(jsonTrouble(nested(DEEPEST_JSON + 1, "[", "]"))).toBe("too-deep");
  expect(jsonTrouble(nested(DEEPEST_JSON + 1, '{"a":', "}").replace(":}", ":1}"))).toBe("too-deep");
  expect(jsonTrouble("[".repeat(8_000_000))).toBe("too-deep");
});

it("is not misled by brackets and quotes inside of texts", () => {
  const text = JSON.stringify({ a: "[".repeat(1000), b: '"{\\"[['.repeat(100), c: ["\\", "{"] });
  expect(jsonTrouble(text)).toBeNull();
});

it.each([
  '{"__proto__":{"admin":true}}',
  '{"0":{"json":{"a":[{"constructor":{"prototype":{"admin":true}}}]}}}',
  '{"\\u005f_proto__":{"admin":true}}',
  '{"json":{},"meta":{"values":{"constructor.prototype.admin":["Date"]}}}',
])("refuses names that reach a prototype: %s", (text) => {
  expect(jsonTrouble(text)).toBe("prototype");
});

it("lets such words be said, only not as names", () => {
  expect(jsonTrouble('{"name":"__proto__","paths":["/srv/constructor/prototype"]}')).toBeNull();
});

it("has nothing to say of any other JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/__proto__|constructor|prototype/.test(text));
      expect(jsonTrouble(text)).toBeNull();
    }),
  );
});
