import { expect, it } from "vitest";
import { hashToken } from "~/server/token";
import { agentWorld, pollBody, pollOk, sendPoll } from "~tests/support/agent-world";
import { until } from "~tests/support/until";

const MACHINES = 1000;
const keyOf = (machine: number) => `bbsa_${String(machine).padStart(43, "0")}`;

it("holds a thousand polls without a connection or transaction for them, and wakes the one that has work", async () => {
  const world = await agentWorld();
  const { sql } = world.database.pool;
  const hashes = Array.from({ length: MACHINES }, (_, i) => hashToken(keyOf(i)));
  await sql`
    insert into clients (id, name, storage_node_id, created_at, enrolled_at, provisioned_at)
    select 'c' || n, 'client ' || n, 'main', now(), now(), now() from generate_series(1, ${MACHINES}::int) n`;
  await sql`
    insert into agent_keys (id, client_id, key_hash, created_at)
    select 'k' || n, 'c' || n, hash, now() from unnest(${hashes}::text[]) with ordinality as given (hash, n)`;
  const asking = new AbortController();
  const held = hashes.map((_, i) =>
    sendPoll(pollBody({ waitSeconds: 50 }), { key: keyOf(i), signal: asking.signal }),
  );
  await until(
    "all are held",
    async () => {
      const [seen] = await sql`select count(*)::int as n from clients where last_seen_at is not null`;
      return (seen?.n ?? 0) > MACHINES;
    },
    { seconds: 25 },
  );
  const waiting = pollOk(world, { waitSeconds: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const [used] = await sql`
    select count(*)::int as connections, count(*) filter (where state like 'idle in transaction%')::int as open
    from pg_stat_activity where datname = current_database()`;
  // The pool of eight and the change feed's one.
  expect(used?.connections).toBeLessThanOrEqual(9);
  expect(used?.open).toBe(0);
  const began = performance.now();
  const jobId = await world.startBackup();
  expect((await waiting).jobs.map((order) => order.jobId)).toEqual([jobId]);
  expect(performance.now() - began).toBeLessThan(1000);
  asking.abort();
  const answers = await Promise.all(held);
  expect(answers.every((answer) => answer.status === 200)).toBe(true);
}, 60_000);
