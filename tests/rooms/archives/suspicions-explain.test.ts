import postgres from "postgres";
import { expect, it, onTestFinished } from "vitest";
import { cleanPathsSince } from "~/server/archives/anomaly/clean-paths";
import { readChanges } from "~/server/archives/anomaly/read-changes";
import { folderKey } from "~/server/archives/catalog/compare-folders";
import { openCatalog } from "~/server/archives/catalog/open-catalog";
import { connectionOptions } from "~/server/db";
import { testDatabase } from "~tests/support/database";

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: PlanNode[];
}

/** 300,000 files in 30,000 folders; in twenty folders one file changed with the second archive, and once more with the third. */
it("counts what changed by indexes, in the time of what changed", async () => {
  const database = await testDatabase();
  const { sql } = database.pool;
  const repository = await openCatalog(sql, "r1");
  // Folders 2 to 301 lie in the top, the rest in those; what changed lies in twenty folders below folder 2.
  const holdsChanges = (of: string) => sql`(${sql(of)} % 300 = 0 and ${sql(of)} between 600 and 6300)`;
  const differs = (of: string) => sql`(${sql(of)} <= 2 or ${holdsChanges(of)})`;
  await sql`insert into catalog_series (id, repository, plan_id, next_position) values (1, ${repository}, 'p', 4)`;
  await sql`insert into catalog_archives (archive_id, repository, series, position) select 'a' || n, ${repository}, 1, n from generate_series(1, 3) n`;
  await sql`insert into catalog_kinds (repository, id, type, mode, owner, grp) values (${repository}, 1, '-', 'rw', 'a', 'a')`;
  await sql`
    insert into catalog_folders (repository, id, series, parent, key, name)
    values (${repository}, 1, 1, null, ${folderKey(1, "")}::uuid, '')`;
  await sql`
    insert into catalog_folders (repository, id, series, parent, key, name)
    select ${repository}, n, 1, case when n <= 301 then 1 else 2 + n % 300 end, gen_random_uuid(), convert_to('folder ' || n, 'UTF8') from generate_series(2, 30001) n`;
  await sql`
    insert into catalog_totals (bytes, files, own, tree, repository, folder, first, last)
    select 1, 1, n * 10 + v, n * 10 + v, ${repository}, n, v, case when ${differs("n")} and v < 3 then v end
    from generate_series(1, 30001) n, generate_series(1, 3) v where ${differs("n")} or v = 1`;
  await sql`
    insert into catalog_files (size, modified, repository, folder, first, last, kind, name)
    select 1000, v, ${repository}, f, v, case when ${holdsChanges("f")} and n % 10 = 0 and v < 3 then v end, 1, convert_to('file-' || n || '.doc', 'UTF8')
    from generate_series(2, 30001) f, generate_series(1, 10) n, generate_series(1, 3) v
    where v = 1 or (${holdsChanges("f")} and n % 10 = 0)`;
  await sql`analyze`;

  const statements: { query: string; params: unknown[] }[] = [];
  const watched = postgres({
    ...connectionOptions(database.url),
    max: 1,
    debug: (_, query, params) => void statements.push({ query, params }),
  });
  onTestFinished(() => watched.end());
  const place = (position: number) => ({ repository, series: 1, position });
  const changes = await readChanges(watched, { before: place(1), after: place(2) });
  expect(changes).toMatchObject({ changed: { files: 20 }, added: { files: 0 }, extensionShift: 0 });
  const clean = await cleanPathsSince(watched, { suspicious: [place(2)], newest: place(3) });
  expect(clean).toEqual({ paths: [], leftOut: 0 });

  const scans: string[] = [];
  let current = "";
  const walk = (node: PlanNode) => {
    if (
      node["Node Type"] === "Seq Scan" &&
      /catalog_(files|folders|totals)/.test(node["Relation Name"] ?? "")
    )
      scans.push(`${node["Relation Name"]} in ${current}`);
    for (const child of node.Plans ?? []) walk(child);
  };
  // Not the way up from folders to their paths, which search and timelines go too.
  const asked = statements.filter(
    ({ query }) => /(from|join) catalog_/.test(query) && !/recursive above/.test(query),
  );
  expect(asked.length).toBeGreaterThan(5);
  for (const { query, params } of asked) {
    current = query;
    const [row] = await sql.unsafe(`explain (format json) ${query}`, params as string[]);
    walk(row?.["QUERY PLAN"][0].Plan);
  }
  expect(scans).toEqual([]);
}, 120_000);
