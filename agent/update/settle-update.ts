import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { PROTOCOL_VERSION } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import type { ProblemCode } from "../agent-problem";
import { recallBorgs } from "../borg-program";
import { namesIn, readIfThere, removeDurably } from "../durable-file";
import { type CurrentVersion, readCurrent, writeCurrent } from "../launcher/current-version";
import { versionNameOf } from "../launcher/program-folder";
import { parseJson } from "../parse-json";
import type { ResultCourier } from "../result-courier";
import type { StoredResult } from "../result-store";
import { dropKept } from "./kept-files";
import { forgetPending, type PendingUpdate, readPending } from "./pending-update";
import { readTrust, writeTrust } from "./release-trust";
import { noteStep } from "./steps";
import { clearTries } from "./try-borg";
import type { UpdateGround } from "./update-ground";

type Parts = { folder: AgentFolder; ground: UpdateGround; courier: ResultCourier };

/** What the start of an agent found of an update. */
export type FoundUpdate = {
  /** The update's job, while this version is the new one and not confirmed. */
  pending: PendingUpdate | null;
  /** To be called once the server has answered; null: there is nothing to confirm. */
  confirm: (() => Promise<void>) | null;
};

/**
 * Finds out, at the start, what became of an update: the new version waits for the server's first answer before it confirms itself; the old
 * one, running again, tells why. Cut off anywhere, the next start does the rest: each job is reported with one end, if need be twice the same.
 */
export async function settleUpdate(parts: Parts): Promise<FoundUpdate> {
  const { folder, ground } = parts;
  const running = versionNameOf(ground.ownFile);
  const pending = await readPending(folder);
  const current = await readCurrent(ground.program);
  await clearTries(folder);
  if (running !== null && current?.name === running) {
    if (!current.confirmed) {
      recallBorgs(pending?.borgs ?? []);
      return { pending, confirm: () => confirm(parts, running, pending) };
    }
    if (pending?.name === running) await finish(parts, pending);
  } else if (pending !== null) {
    await tellFailure(parts, pending);
  }
  if (ground.launched) await clean(parts, current);
  return { pending: null, confirm: null };
}

async function confirm(parts: Parts, name: string, pending: PendingUpdate | null): Promise<void> {
  noteStep("confirming");
  const current: CurrentVersion = { name, confirmed: true };
  await writeCurrent(parts.ground.program, current);
  if (pending !== null) await finish(parts, pending);
  await clean(parts, current);
}

/** What follows from a version being confirmed. May run twice. */
async function finish({ folder, courier }: Parts, pending: PendingUpdate): Promise<void> {
  noteStep("pinning");
  const { floor } = await readTrust(folder);
  if (pending.keysAfter.length > 0) await writeTrust(folder, { keys: pending.keysAfter, floor });
  noteStep("reporting");
  const { from, to } = pending;
  await courier.keep(resultOf(pending, { state: "succeeded", result: { kind: "update-agent", from, to } }));
  noteStep("forgetting");
  await forgetPending(folder);
}

const CODES: Record<string, ProblemCode> = {
  crashed: "update-crashed",
  hung: "update-hung",
  "out-of-memory": "update-out-of-memory",
};

const fallenBack = z.object({ name: z.string(), why: z.string(), say: z.string(), tail: z.string() });

async function tellFailure({ folder, courier }: Parts, pending: PendingUpdate): Promise<void> {
  const fallen = fallenBack.safeParse(parseJson((await readIfThere(folder.fallenBack)) ?? "")).data;
  const { from, to } = pending;
  const problem: { code: ProblemCode; say: string } =
    fallen?.name === pending.name
      ? {
          code: CODES[fallen.why] ?? "update-crashed",
          say: `${to} was started and did not hold: ${fallen.say}. ${from} runs again.${fallen.tail === "" ? "" : ` Its last words:\n${fallen.tail.slice(-1400)}`}`,
        }
      : {
          code: "agent-restarted",
          say: `The agent ended before it could hand over to ${to} (it was killed, or the machine went down). ${from} runs on. Run the job again.`,
        };
  await courier.keep(resultOf(pending, { state: "failed", problem }));
  await forgetPending(folder);
}

function resultOf(
  pending: PendingUpdate,
  end: Pick<StoredResult["report"], "state" | "result" | "problem">,
): StoredResult {
  const { jobId, lease, startedAt, log } = pending;
  return {
    jobId,
    report: { protocol: PROTOCOL_VERSION, lease, ...(startedAt ? { startedAt } : {}), ...end },
    log,
  };
}

/** Removes every version but the current one, and what was kept for a fall back. */
async function clean({ folder, ground }: Parts, current: CurrentVersion | null): Promise<void> {
  noteStep("cleaning");
  await dropKept(folder);
  await removeDurably(folder.fallenBack);
  for (const name of await namesIn(ground.program.versions)) {
    if (name !== current?.name)
      await rm(join(ground.program.versions, name), { recursive: true, force: true });
  }
}
