import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobEnded } from "../support/backup-story";
import { repositoryFolder } from "../support/open-repository";
import { until } from "../support/until";
import { guardedOf } from "./guarded";
import type { FaultLab } from "./lab";
import { done, type Story, vaultStateOf, workerStory, yes } from "./story";

/** What guards a repository. */
export const VAULT_STORIES = {
  audit: workerStory(true, async (lab) => {
    const { repositoryId } = lab;
    return {
      // It follows a backup. One that only waits needs none.
      ask: async (moment) => {
        if (moment === "queued") return (await lab.stack.bbs.vault.audit.mutate({ repositoryId })).jobId;
        const { jobId } = await lab.stack.bbs.plans.run.mutate({ id: lab.plans.small });
        return firstAuditAfter(lab, jobId);
      },
      isDone: async () => (await vaultStateOf(lab, repositoryId)).unaudited === 0,
    };
  }),
  "roll-back": workerStory(true, async (lab) => {
    const given = { incidentId: await holdGuarded(lab), typedName: "guarded" };
    const rollBack = () => lab.stack.bbs.vault.rollBack.mutate(given);
    return {
      ask: async () => (await rollBack()).jobId,
      again: () => done(lab, rollBack()),
      isDone: () => isReleased(lab, given.incidentId),
    };
  }),
  "accept-state": workerStory(true, async (lab) => {
    const given = { incidentId: await holdGuarded(lab), typedName: "guarded", reason: "It was a test." };
    const accept = () => lab.stack.bbs.vault.accept.mutate(given);
    return {
      ask: async () => (await accept()).jobId,
      again: () => done(lab, accept()),
      isDone: () => isReleased(lab, given.incidentId),
    };
  }),
  "release-old-seals": workerStory(false, async (lab) => {
    const given = { repositoryId: lab.repositoryId, typedName: "main" };
    return {
      ask: async () => (await lab.stack.bbs.vault.releaseOldSeals.mutate(given)).jobId,
      isDone: yes,
    };
  }),
  "set-vault-rules": workerStory(false, async (lab) => {
    const { repositoryId } = await guardedOf(lab);
    const floorNewest = 2 + Math.floor(Math.random() * 1000);
    const rules = { trashDays: 0, keepOldSealDays: 0, floorNewest, floorWeeklyDays: 0 };
    return {
      ask: async () => (await lab.stack.bbs.vault.setRules.mutate({ repositoryId, ...rules })).jobId,
      // Looser rules come into force later.
      isDone: async () => {
        const { rules: inForce, rulesPending } = await vaultStateOf(lab, repositoryId);
        return inForce.floorNewest === floorNewest || rulesPending !== null;
      },
    };
  }),
} satisfies Record<string, Story>;

/** The end of a backup's session asks for one, and so does its result; who comes second finds no news, and needs no borg. */
async function firstAuditAfter(lab: FaultLab, backupId: string): Promise<string> {
  let found = "";
  const look = async () => {
    const [row] = await lab.pool.sql<{ id: string }[]>`
      select a.id from jobs b
      join jobs a on a.repository_id = b.repository_id and a.kind = 'audit' and a.created_at >= b.created_at
      where b.id = ${backupId} order by a.created_at limit 1`;
    found = row?.id ?? "";
    return found !== "";
  };
  await until("an audit follows", look, { seconds: 60, everyMs: 5 });
  return found;
}

/** Somebody changed the key in the repository: it is held, with an open incident. */
async function holdGuarded(lab: FaultLab): Promise<string> {
  const { bbs } = lab.stack;
  const { repositoryId } = await guardedOf(lab);
  const config = join(repositoryFolder(lab.stack, lab.machine.clientId, repositoryId), "config");
  writeFileSync(config, readFileSync(config, "utf8").replace(/^key = \w{4}/m, "key = AAAA"));
  await jobEnded(bbs, (await bbs.vault.audit.mutate({ repositoryId })).jobId);
  const find = async () => (await bbs.vault.incidents.query({ repositoryId, open: true })).items[0]?.id;
  await until("an incident is open", async () => (await find()) !== undefined);
  return (await find()) ?? "";
}

/** Not held any more, and its next backup works. */
async function isReleased(lab: FaultLab, incidentId: string): Promise<boolean> {
  const { bbs } = lab.stack;
  const { repositoryId, planId } = await guardedOf(lab);
  if ((await vaultStateOf(lab, repositoryId)).hold !== null) return false;
  if ((await bbs.vault.incident.query({ id: incidentId })).resolvedAt === null) return false;
  await done(lab, bbs.plans.run.mutate({ id: planId }));
  return true;
}
