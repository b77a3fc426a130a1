import type { BorgEnd } from "~/borg/run";
import type { ArchivePart, Owners } from "~/protocol/restore-extras";
import { AgentProblem } from "../agent-problem";
import { agentProblemOf, type BorgAccess } from "../tasks/borg-access";
import { type Confine, confinement } from "../tasks/confine";
import { selectionBatches } from "../tasks/selection";
import type { TaskContext } from "../tasks/task";
import type { countWritten } from "../tasks/written-items";
import { extract, extractOptions } from "./extract";
import type { PinnedFolder } from "./pinned-folder";
import { type PreparedPart, preparePart } from "./prepare-part";
import { type Stage, selectedOn } from "./stages";
import { type SkippedItems, watchExtract } from "./watch-extract";

export interface PartsToExtract {
  jobId: string;
  parts: readonly ArchivePart[];
  owners: Owners;
  target: PinnedFolder;
  /** Where it is extracted in place of the target; none: into the target itself. */
  stages: readonly Stage[];
  mounts: readonly string[];
  onlyMissing: boolean;
  resumes: boolean;
  mayMakeDevices: boolean;
  totals: { files: number; bytes: number } | null;
  signal: AbortSignal;
  onPartDone(): Promise<void>;
}

export interface Extracted {
  /** Of the run that decides what became of it: the first that failed, or the last. */
  end: BorgEnd;
  whole: { files: number; bytes: number };
  ranOut: boolean;
}

/** Extracts parts one after the other, each into every place where something of it lies, until one fails. */
export async function extractParts(
  asked: PartsToExtract,
  written: ReturnType<typeof countWritten>,
  skipped: SkippedItems,
  context: TaskContext,
  access: BorgAccess,
): Promise<Extracted> {
  const places = asked.stages.length > 0 ? asked.stages : [{ folder: asked.target, at: "", without: [] }];
  const confined = new Map<Stage, Confine | null>();
  for (const place of places) confined.set(place, await confine(place.folder, asked, context));
  const whole = { files: 0, bytes: 0 };
  let end: BorgEnd | null = null;
  let ranOut = false;
  for (const part of asked.parts) {
    const prepared = await prepare(part, asked, context, access, skipped);
    whole.files += prepared?.whole.files ?? 0;
    whole.bytes += prepared?.whole.bytes ?? 0;
    tellUnreachable(prepared, places, skipped);
    const totals = prepared ?? asked.totals;
    const watch = watchExtract(context, written, skipped, totals);
    for (const place of places) {
      if (prepared && !prepared.mounts.has(place.at)) continue;
      await written.into(place.folder.path);
      for (const batch of selectionBatches(part.paths)) {
        const chosen = selectedOn(place, batch);
        if (chosen === null) continue;
        const telling = setInterval(watch.tell, TELL_MS);
        end = await extract(
          {
            ...{ part, folder: place.folder.real, confine: confined.get(place) ?? null, batch: chosen },
            options: extractOptions(asked.owners, { totalsKnown: totals !== null }),
            words: [...(prepared?.leftOut.words ?? []), ...place.without.flatMap(excluded)],
            signal: asked.signal,
            onLog: (line) => watch.onLog(line, { knowsMissing: prepared !== null }),
            whenBehind: written.whenBehind,
          },
          context,
          access,
        ).finally(() => clearInterval(telling));
        watch.next();
        ranOut ||= watch.ranOut();
        if (agentProblemOf(end) !== null) return { end, whole, ranOut };
      }
    }
    await asked.onPartDone();
  }
  // Everything was there already, so borg had nothing to do.
  return { end: end ?? NOTHING_TO_DO, whole, ranOut };
}

/** How often it is looked how far borg is. */
const TELL_MS = 1000;

const NOTHING_TO_DO: BorgEnd = {
  exitCode: 0,
  killedBy: null,
  stopped: null,
  stdout: Buffer.alloc(0),
  log: [],
};

const excluded = (mount: string) => [Buffer.from("--exclude"), Buffer.from(`pp:${mount}`, "latin1")];

/** Null: nothing of it can be left out, and all of it goes to one place, so it is not gone through beforehand. */
async function prepare(
  part: ArchivePart,
  asked: PartsToExtract,
  context: TaskContext,
  access: BorgAccess,
  skipped: SkippedItems,
): Promise<PreparedPart | null> {
  const { jobId, mounts, resumes, stages, target } = asked;
  if (mounts.length === 0 && !resumes && !asked.onlyMissing) return null;
  const writtenTo = new Map(stages.map(({ at, folder }) => [at, folder.path]));
  if (stages.length === 0) writtenTo.set("", target.path);
  const onlyMissingIn = asked.onlyMissing ? target.path : null;
  return preparePart(part, { jobId, onlyMissingIn, mounts, writtenTo, resumes }, context, access, skipped);
}

function tellUnreachable(
  prepared: PreparedPart | null,
  places: readonly Stage[],
  skipped: SkippedItems,
): void {
  for (const mount of prepared?.mounts ?? []) {
    if (places.some(({ at }) => at === mount)) continue;
    const path = Buffer.from(mount, "latin1").toString("utf8");
    skipped.add({ path, why: "nothing can be written to what is mounted there" });
  }
}

async function confine(
  folder: PinnedFolder,
  asked: PartsToExtract,
  context: TaskContext,
): Promise<Confine | null> {
  const { view, borgBase } = context.folder;
  const { mayMakeDevices } = asked;
  const confined = await confinement({ target: folder, view, own: borgBase, mayMakeDevices });
  if (confined === null) warnUnconfined(context);
  return confined;
}

/** Root writes wherever a forged archive leads it, so the machine's own policy must have said yes. Others have only their own files. */
function warnUnconfined(context: TaskContext): void {
  const mayWriteAnywhere = process.platform === "linux" && process.getuid?.() === 0;
  if (mayWriteAnywhere && context.policy.policy.restoreUnconfined !== true) {
    throw new AgentProblem(
      "policy-forbids-target",
      `This system does not let the agent lock a restore into its folder (no mount namespaces), and a forged archive could then write anywhere. If you trust the server, add the line "restoreUnconfined": true to ${context.folder.policy}.`,
    );
  }
  context.log(
    "info",
    "This system does not let the agent lock the restore into its folder (needs Linux and root), so links in the archive are followed.",
  );
}
