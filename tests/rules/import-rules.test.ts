import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = z
  .object({ forbidden: z.array(z.object({ name: z.string() })) })
  .parse(createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")));
const ruleNames = config.forbidden.map((rule) => rule.name);
const rooms = ruleNames
  .filter((name) => name.endsWith("-calls-left"))
  .map((name) => name.split("-")[0] ?? "");
const rightOf = (room: string) => rooms[rooms.indexOf(room) + 1] ?? "system";

/** A small tree in which every import is allowed. */
const cleanTree: Record<string, string> = {
  "src/env.ts": 'import { z } from "zod";\nexport const env = z.string();',
  "src/domain/rule.ts": 'import { z } from "zod";\nexport const rule = z.string();',
  "src/protocol/v1.ts": 'import { z } from "zod";\nexport const message = z.string();',
  "src/borg/run.ts": 'import { spawn } from "node:child_process";\nexport const run = spawn;',
  "src/keeper/contract.ts": 'import { message } from "~/protocol/v1";\nexport const contract = message;',
  "src/keeper/main.ts":
    'import { run } from "~/borg/run";\nimport { contract } from "./contract";\nexport { run, contract };',
  "src/gate/main.ts": 'import { message } from "~/protocol/v1";\nexport { message };',
  "src/server/db/index.ts": 'import { drizzle } from "drizzle-orm/postgres-js";\nexport const db = drizzle;',
  ...Object.fromEntries(
    [...rooms, "system"].map((room, i, all) => [
      `src/server/${room}/do-it.ts`,
      `import { db } from "../db";\n${i > 0 ? `import { left } from "../${all[i - 1]}/do-it";\n` : "const left = 0;\n"}export { db, left };`,
    ]),
  ),
  "src/server/api/root.ts": 'import { left } from "../jobs/do-it";\nexport const router = left;',
  "src/app/page.ts":
    'import { left } from "~/server/jobs/do-it";\nimport { card } from "~/components/card";\nexport { left, card };',
  "src/components/card.ts":
    'import type { router } from "~/server/api/root";\nexport const card: typeof router | null = null;',
  "src/worker/claim.ts": 'import { left } from "~/server/jobs/do-it";\nexport const claim = left;',
  "src/worker/main.ts": 'import { claim } from "./claim";\nexport { claim };',
  "src/supervisor/main.ts": 'import { env } from "~/env";\nexport { env };',
  "src/api-client/create.ts":
    'import type { router } from "~/server/api/root";\nexport type Client = typeof router;',
  "agent/main.ts":
    'import { message } from "~/protocol/v1";\nimport { run } from "~/borg/run";\nexport { message, run };',
  "tests/rooms/some.ts": 'import { claim } from "~/worker/claim";\nexport { claim };',
};

/** One file per rule that breaks it. */
const violations: Record<string, Record<string, string>> = {
  "no-knots": {
    "src/domain/here.ts": 'import { there } from "./there";\nexport const here = () => there;',
    "src/domain/there.ts": 'import { here } from "./here";\nexport const there = () => here;',
  },
  "domain-stands-alone": { "src/domain/wire.ts": 'export { message } from "~/protocol/v1";' },
  "protocol-stands-alone": { "src/protocol/rule.ts": 'export { rule } from "~/domain/rule";' },
  "borg-stands-alone": { "src/borg/rule.ts": 'export { rule } from "~/domain/rule";' },
  "rules-do-no-io": { "src/domain/read.ts": 'export { readFile } from "node:fs/promises";' },
  "rules-use-zod-only": { "src/protocol/pack.ts": 'export { default } from "superjson";' },
  "agent-shares-the-wire-only": { "agent/rule.ts": 'export { rule } from "~/domain/rule";' },
  "privileged-programs-stay-small": { "src/gate/rows.ts": 'export { db } from "~/server/db";' },
  "server-looks-down": { "src/server/jobs/card.ts": 'export { card } from "~/components/card";' },
  "rooms-know-no-transport": { "src/server/jobs/error.ts": 'export { TRPCError } from "@trpc/server";' },
  "sql-stays-in-rooms": { "src/server/api/rows.ts": 'export { sql } from "drizzle-orm";' },
  "browser-never-gets-server": { "src/components/rows.ts": 'export { left } from "~/server/jobs/do-it";' },
  "programs-are-not-libraries": { "src/api-client/claim.ts": 'export { claim } from "~/worker/claim";' },
  ...Object.fromEntries(
    rooms.map((room) => [
      `${room}-calls-left`,
      { [`src/server/${room}/call-right.ts`]: `export { left } from "../${rightOf(room)}/do-it";` },
    ]),
  ),
};

/** A run over the small tree takes about a second on a free machine. */
const PATIENT_MS = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bbs-import-rules-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"])
    await cp(join(root, name), join(folder, name));
  await write(cleanTree);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(
  "a tree in which everybody imports what they may passes",
  async () => {
    expect(await brokenRules()).toEqual([]);
  },
  PATIENT_MS,
);

test("each rule has a seeded violation here", () => {
  expect(Object.keys(violations).sort()).toEqual([...ruleNames].sort());
});

test(
  "every seeded violation is found by its rule",
  async () => {
    for (const files of Object.values(violations)) await write(files);
    const found = await brokenRules();
    const missed = Object.entries(violations).filter(
      ([rule, files]) => !found.some((one) => one.rule === rule && one.from in files),
    );
    expect(missed.map(([rule]) => rule)).toEqual([]);
  },
  PATIENT_MS,
);

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${text}\n`);
  }
}

const report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

async function brokenRules(): Promise<{ rule: string; from: string }[]> {
  const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const words = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "agent", "tests"];
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, [program, ...words], { cwd: folder, maxBuffer: 64 << 20 }, (_, text) =>
      resolve(text),
    );
  });
  return report
    .parse(JSON.parse(stdout))
    .summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}
