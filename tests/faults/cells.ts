import { JOB_KINDS } from "~/domain/job";
import { MOMENTS, type Moment } from "./moments";
import { STORIES, type ToldKind } from "./stories";
import { ACCIDENTS, KILLED, type Strike } from "./strikes";

/** One fault at one moment of one kind of job. */
export interface Cell {
  strike: Strike;
  kind: ToldKind;
  moment: Moment;
}

const KINDS = Object.keys(STORIES) as ToldKind[];

/** Programs that a kind of job needs only while it runs: before and after there is no such process. */
const ONLY_RUNNING: readonly Strike[] = ["session", "gate", "borg-serve", "borg", "keeper-borg"];

/** Why there is no such cell; null: there is. */
export function whyNot({ strike, kind, moment }: Cell): string | null {
  const byAgent = JOB_KINDS[kind].executor === "agent";
  const { session, serverBorg } = STORIES[kind];
  if (moment === "assigned" && !byAgent) return "a worker takes a job and begins it in one step";
  if (ONLY_RUNNING.includes(strike) && moment !== "running")
    return "the process lives only while the job runs";
  switch (strike) {
    case "agent":
    case "cut":
    case "long-cut":
      return byAgent ? null : "the machine takes no part in it";
    case "web":
      return byAgent ? null : "the web asked for it and takes no further part";
    case "worker":
    case "keeper":
      return byAgent && !session ? "a look goes from the web to the agent and back" : null;
    case "sshd":
    case "session":
    case "gate":
    case "borg-serve":
      return session ? null : "no session of the machine is opened for it";
    case "borg":
      return session || kind === "dry-run" ? null : "no borg runs on the machine for it";
    case "keeper-borg":
      return serverBorg ? null : "the keeper runs no borg for it";
    default:
      return null;
  }
}

/** Every cell of these faults that there is. */
export function cellsOf(...strikes: Strike[]): Cell[] {
  const all = strikes.flatMap((strike) =>
    KINDS.flatMap((kind) => MOMENTS.map((moment) => ({ strike, kind, moment }))),
  );
  return all.filter((cell) => whyNot(cell) === null);
}

export const ALL_STRIKES: readonly Strike[] = [...KILLED, ...ACCIDENTS];
