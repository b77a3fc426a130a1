import { expect, it } from "vitest";
import { z } from "zod";
import { appRouter, createCaller } from "~/server/api/root";
import { procedureInputs } from "~tests/support/procedure-inputs";
import { smallFleet } from "~tests/support/small-fleet";

/** Texts that would be something else to a database, a log, a shell or a template. */
const PAYLOADS = [
  ["SQL that ends the statement", "x'; update users set name = 'owned'; --"],
  ["SQL that is always true", "' or '1'='1"],
  ["SQL that waits", "'||(select pg_sleep(20)::text)||'"],
  ["a pattern of everything", "%_\\"],
  ["NUL and line ends", 'a\u0000b\r\n{"level":50}'],
  ["half a surrogate pair", "a\ud800b"],
] as const;

/** The texts of an input: where they stand, as keys from the outside in. */
type Place = readonly string[];

function within(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((at, key) => Reflect.get(Object(at), key), value);
}

/** Every place of a procedure's input that takes text, those that may be left out too. */
function textsOf(procedure: unknown): Place[] {
  const [schema] = (within(procedure, "_def", "inputs") ?? []) as z.ZodType[];
  if (!schema) return [];
  return places(z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }), []);
}

function places(schema: unknown, at: Place): Place[] {
  const type = within(schema, "type");
  if (type === "string") return [at];
  const options = [...asList(within(schema, "anyOf")), ...asList(within(schema, "allOf"))];
  if (options.length > 0) return options.flatMap((option) => places(option, at));
  const properties = within(schema, "properties");
  if (type === "object" && properties)
    return Object.entries(properties).flatMap(([key, inner]) => places(inner, [...at, key]));
  if (type === "array") return places(within(schema, "items"), [...at, "0"]);
  return [];
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The input with one text at one place. */
function withText(input: unknown, place: Place, text: string): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return text;
  if (key === "0") return [withText(asList(input)[0], rest, text)];
  return { ...Object(input), [key]: withText(within(input, key), rest, text) };
}

it.each(PAYLOADS)(
  "%s, in every text of every procedure",
  async (_, payload) => {
    const fleet = await smallFleet();
    const { sql } = fleet.world.database.pool;
    const rows = procedureInputs(fleet);
    const caller = createCaller({ ...fleet.world.admin(), peer: "192.0.2.7" });
    const wrong: string[] = [];
    let tried = 0;
    for (const [path, procedure] of Object.entries<unknown>(appRouter._def.procedures)) {
      if (within(procedure, "_def", "type") === "subscription") continue;
      for (const place of textsOf(procedure)) {
        tried++;
        const input = withText(within(rows, ...path.split("."), "input"), place, payload);
        const began = performance.now();
        try {
          const call = within(caller, ...path.split("."));
          if (typeof call !== "function") throw new Error("is not callable");
          await call(input);
        } catch (error) {
          const code = within(error, "code");
          if (code === "INTERNAL_SERVER_ERROR" || typeof code !== "string")
            wrong.push(`${path} ${place.join(".")}: ${code} ${String(within(error, "cause", "cause"))}`);
        }
        if (performance.now() - began > 15_000) wrong.push(`${path} ${place.join(".")}: waited`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    expect(await sql`select from users where name = 'owned'`).toHaveLength(0);
  },
  240_000,
);

it("a filter that is always true shows no more than nothing", async () => {
  const fleet = await smallFleet();
  const caller = createCaller({ ...fleet.world.admin(), peer: "192.0.2.7" });
  for (const search of ["' or '1'='1", "%", "_", "\\"]) {
    expect((await caller.clients.list({ limit: 50, search })).items).toEqual([]);
    expect((await caller.jobs.log({ id: fleet.web.failedJobId, search, limit: 50 })).lines).toEqual([]);
  }
});
