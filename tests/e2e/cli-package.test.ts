import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "bbs-package-"));
const project = join(folder, "project");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const built = join(folder, "package");
  await run(process.execPath, [join(ROOT, "src/api-client/pack.mjs"), built]);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: built });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tarball = join(folder, packed?.filename ?? "");
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: project });
});

const PROGRAM = `
import { BbsError, type BbsErrorCode, createBbsClient } from "borg-backup-server-client";

const bbs = createBbsClient({ url: "https://127.0.0.1:9", token: "bbs_x", fingerprint: "00".repeat(32) });

export async function nightly(name: string): Promise<number> {
  const { items } = await bbs.plans.list.query({ limit: 10 });
  const plan = items.find((one) => one.name === name);
  if (!plan) throw new Error(\`no plan \${name}\`);
  const { jobId } = await bbs.plans.run.mutate({ id: plan.id });
  const job = await bbs.jobs.get.query({ id: jobId });
  const ended: Date | null = job.endedAt;
  bbs.jobs.watch.subscribe({ id: jobId }, {
    onData: (event) => { if (event.type === "job") console.log(event.job.progress?.files ?? 0, ended?.getTime()); },
  });
  return job.progress?.originalBytes ?? 0;
}

try {
  await bbs.me.get.query();
} catch (error) {
  if (!(error instanceof BbsError)) throw error;
  const code: BbsErrorCode = error.code;
  console.log(code, error.say);
}
`;

const compile = async (program: string) => {
  writeFileSync(join(project, "program.ts"), program);
  const words = ["--strict", "--module", "nodenext", "--target", "es2022", "program.ts"];
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  return run(process.execPath, [tsc, ...words], { cwd: project }).then(
    () => "",
    (failed: { stdout: string }) => failed.stdout,
  );
};

test("the packed client compiles and runs in an empty project that has nothing else", async () => {
  expect(await compile(PROGRAM)).toBe("");
  const { stdout } = await run(process.execPath, ["program.js"], { cwd: project });
  expect(stdout).toMatch(/^unreachable /);
});

test.each([
  ["a wrong input", "bbs.plans.run.mutate({ id: 5 })"],
  ["a call that does not exist", "bbs.plans.explode.mutate({})"],
  ["a missing field", "bbs.clients.create.mutate({})"],
  ["a misread answer", "bbs.jobs.get.query({ id: 'x' }).then((job): string => job.createdAt)"],
])("the packed types refuse %s", async (_name, call) => {
  expect(await compile(`${PROGRAM}\nawait ${call};`)).toMatch(
    /^program\.ts\(\d+,\d+\): error TS2\d+: [^\n]*\n( [^\n]*\n)*$/,
  );
});
