import type { Grant } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { findSignIn } from "~/server/access/find-sign-in";
import { hashPassword } from "~/server/access/password";
import { signIn } from "~/server/access/sign-in";
import type { Ctx } from "~/server/context";
import { openPool, type Pool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { grants, users } from "~/server/db/schema/access";
import { listJobs } from "~/server/jobs/list-jobs";
import { analyzeTestDatabase, createTestDatabase, startTestPostgres } from "../support/postgres";
import { type Figure, percentile } from "./figure";

const CLIENTS = 10_000;
const GRANTS = 200;
const RUNS = 500;
const SIGN_INS = 40;
const PASSWORD = "seven purple lampshades";

/** What it costs to know who asks and what they may, and to sign in: somebody with 200 single clients of 10,000, and an admin. */
export async function bench(): Promise<Figure[]> {
  const postgres = await startTestPostgres();
  const pool = openPool(await createTestDatabase(postgres.adminUrl, "bench_access"), { most: 4 });
  // Whatever makes its own ctx meets this database.
  (globalThis as typeof globalThis & { bbsPool?: Pool }).bbsPool = pool;
  try {
    await fill(pool);
    await analyzeTestDatabase(postgres.adminUrl, "bench_access");
    const passwordHash = await hashPassword(PASSWORD, { email: "", name: "" });
    const figures: Figure[] = [];
    for (const role of ["user", "admin"] as const) {
      const email = `${role}@example.test`;
      await insertPerson(pool, { email, role, passwordHash });
      const took = {
        signIn: await timed(SIGN_INS, (n) => signedIn(pool, email, n)),
        check: [] as number[],
        list: [] as number[],
      };
      const { signInId } = await signedIn(pool, email, SIGN_INS);
      const who = role === "user" ? `a user with ${GRANTS} single clients of ${CLIENTS}` : "an admin";
      took.check = await timed(RUNS, async (n) => {
        const ctx = await contextOf(pool, signInId);
        await authorize(ctx, "backup", `c${(n % GRANTS) + 1}`);
      });
      const ctx = await contextOf(pool, signInId);
      took.list = await timed(RUNS, () => listJobs(ctx, { limit: 50 }));
      const how = `${who}, one after the other, embedded PostgreSQL on a Unix socket`;
      figures.push(
        { name: `sign-in of ${role}, p95`, value: percentile(took.signIn, 95), unit: "ms", bar: 1000, how },
        {
          name: `who asks and may they, ${role}, p95`,
          value: percentile(took.check, 95),
          unit: "ms",
          bar: 10,
          how,
        },
        {
          name: `first page of jobs of 100,000, ${role}, p95`,
          value: percentile(took.list, 95),
          unit: "ms",
          bar: 50,
          how,
        },
      );
    }
    return figures;
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function timed(runs: number, act: (n: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < runs; n++) {
    const begun = performance.now();
    await act(n);
    took.push(performance.now() - begun);
  }
  return took;
}

/** Each from an address of its own, so that no limit is met. */
function signedIn(pool: Pool, email: string, n: number) {
  const ctx = { db: pool.db, now: new Date() };
  return signIn(ctx, { email, password: PASSWORD, peer: `192.0.2.${n % 250}`, device: "a browser" });
}

async function contextOf(pool: Pool, signInId: string): Promise<Ctx> {
  const now = new Date();
  const actor = await findSignIn({ db: pool.db, now }, signInId);
  if (!actor) throw new Error("not signed in");
  return { db: pool.db, now, actor };
}

async function insertPerson(
  pool: Pool,
  given: { email: string; role: "user" | "admin"; passwordHash: string },
): Promise<void> {
  const id = newId();
  await pool.db.insert(users).values({ id, name: "Somebody", createdAt: new Date(), ...given });
  if (given.role === "admin") return;
  const permissions: Grant["permissions"] = ["view", "backup"];
  await pool.db.insert(grants).values(
    Array.from({ length: GRANTS }, (_, n) => ({
      ...{ id: newId(), userId: id, clientId: `c${n + 1}`, tag: null },
      ...{ permissions: [...permissions], createdAt: new Date() },
    })),
  );
}

async function fill({ sql }: Pool): Promise<void> {
  await sql.unsafe(`
    insert into storage_nodes (id, name, created_at) values ('main', 'main', now()) on conflict do nothing;
    insert into clients (id, name, storage_node_id, created_at)
      select 'c' || n, 'client ' || n, 'main', now() from generate_series(1, ${CLIENTS}) n;
    insert into jobs (id, run_id, kind, executor, lane, client_id, state, payload, created_at, ended_at)
      select 'j' || n, 'j' || n, 'backup', 'agent', 'backup', 'c' || (n % ${CLIENTS} + 1), 'succeeded', '{}',
             now() - n * interval '1 minute', now() from generate_series(1, 100000) n`);
}
