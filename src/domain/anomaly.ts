import {
  type BackupFeatures,
  type BackupMeasures,
  incompressibleFrom,
  measureBackup,
  rewrittenRatio,
  usualRatio,
} from "./anomaly-features";
import { formatBytes, formatCount, formatDuration } from "./quantity";
import { FEW, isUsual, median, valuesOf } from "./usual-values";

export const STRENGTHS = ["none", "mild", "strong"] as const;
export type Strength = (typeof STRENGTHS)[number];

/** What made a backup conspicuous. `points` add up to the score. */
export interface AnomalyReason {
  because:
    | "emptied"
    | "shrank"
    | "rewritten"
    | "scrambled"
    | "not-told-apart"
    | "renamed"
    | "new-data"
    | "compresses-worse"
    | "slow";
  points: number;
  say: string;
}

export interface AnomalyScore {
  /** 0 to 100. */
  score: number;
  strength: Strength;
  /** The gravest first; empty: nothing was conspicuous. */
  reasons: AnomalyReason[];
}

/** From here on retention is held. One sign alone does not reach it but for a tree that is largely gone: each has an innocent cause. */
export const STRONG = 70;
/** From here on the archive is marked, and nothing else happens. */
export const MILD = 40;

/** How many of the plan's last backups are looked at: half a year of weekly ones. */
export const HISTORY = 30;
/** Below it shares mean nothing: two files of five are 40 %. */
const LEAST_FILES = 20;

/**
 * Parts of the tree. A large upgrade of a distribution rewrites 10 to 30 % of a root file system's files; half of the users' files
 * encrypted is 40 % and more of a home, 5 to 20 % of a whole machine (which is why rewriting alone never holds anything, and a small
 * part counts only with data that do not compress or names of another kind). Cleaning up seldom takes a third of the files AND of the bytes.
 */
const SHRANK = 0.3;
const HALF_GONE = 0.5;
const NEARLY_EMPTY = 0.9;
const MUCH_REWRITTEN = 0.4;
const SOME_REWRITTEN = 0.2;
const LEAST_SCRAMBLED = 0.03;
const MUCH_RENAMED = 0.2;
const SOME_RENAMED = 0.05;
/** By borg's numbers alone. */
const MUCH_NEW = 0.3;
const WORSE = 0.1;
const GROWN = 0.1;
/** Times the usual duration, and at least so many seconds: small backups take now one second, now five. */
const SLOW_TIMES = 4;
const SLOW_SECONDS = 600;

/**
 * Judges a backup against those before it of the same plan (any order; those that were suspicious and are not cleared left out). What
 * counts is what happened to what was there: data that only came (a photo import) never scores, nor do moves, copies and touched files,
 * whose contents the repository holds already. Signs that only say "much" (new data, a long run) add to others and never stand alone.
 * The first backup of a plan scores 0. Thresholds were fixed before the runs with real upgrades (tests/programs/ordinary-weeks).
 */
export function scoreBackup(features: BackupFeatures, history: readonly BackupFeatures[]): AnomalyScore {
  const measures = measureBackup(features);
  const { before } = features;
  if (!measures || !before) return { score: 0, strength: "none", reasons: [] };
  const past = history
    .slice(0, HISTORY)
    .map(measureBackup)
    .filter((one) => one !== null);
  const signs = [
    ...loss(features, measures, past),
    ...(before.files < LEAST_FILES
      ? []
      : features.changes
        ? destruction(features, measures, past)
        : byBorgAlone(features, measures, past)),
  ];
  const reasons = [...signs, ...beside(signs, features, measures, past)].sort((a, b) => b.points - a.points);
  const score = Math.min(
    100,
    reasons.reduce((sum, { points }) => sum + points, 0),
  );
  return { score, strength: score >= STRONG ? "strong" : score >= MILD ? "mild" : "none", reasons };
}

/** Files and bytes that are gone and did not come elsewhere. */
function loss(features: BackupFeatures, now: BackupMeasures, past: readonly BackupMeasures[]) {
  const { before, files, bytes, orderChanged } = features;
  if (!before) return [];
  const both = Math.min(now.lostFiles, now.lostBytes);
  const usual = (of: "lostFiles" | "lostBytes") => isUsual(now[of], past, of);
  if (usual("lostFiles") === true || usual("lostBytes") === true) return [];
  const numbers = `${formatCount(files)} of ${formatCount(before.files)} files and ${formatBytes(bytes)} of ${formatBytes(before.bytes)} are left`;
  const why = orderChanged ? " The plan's sources or excludes were changed before it." : "";
  const most = orderChanged ? MILD : 100;
  if (before.files > 0 && (files === 0 || both >= NEARLY_EMPTY))
    return [sign("emptied", most, `The tree is nearly empty: ${numbers}.${why}`)];
  if (before.files < LEAST_FILES) return [];
  if (both >= SHRANK) return [sign("shrank", most, `Much is gone: ${numbers}.${why}`)];
  if (Math.max(now.lostFiles, now.lostBytes) >= HALF_GONE)
    return [sign("shrank", MILD, `Much is gone: ${numbers}.${why}`)];
  return [];
}

/** What was done to files that were there, by the catalog. */
function destruction(features: BackupFeatures, now: BackupMeasures, past: readonly BackupMeasures[]) {
  const { before, changes } = features;
  const { rewritten, scrambled, shifted } = now;
  if (!before || !changes || rewritten === null || shifted === null) return [];
  const signs: AnomalyReason[] = [];
  const known = past.length >= FEW;
  const odd = (value: number | null, of: "rewritten" | "scrambled" | "shifted") =>
    value !== null && isUsual(value, past, of) !== true;
  const ratio = usualRatio(features);
  const over = rewrittenRatio(features);

  if (rewritten >= SOME_REWRITTEN && odd(rewritten, "rewritten")) {
    const [much, some] = known ? [45, 25] : [30, 15];
    const say = `${inPercent(rewritten)} of the files that were there have other content or are gone (${formatCount(changes.changed.files)} changed, ${formatCount(changes.removed.files)} gone)${usually(past, "rewritten")}.`;
    signs.push(sign("rewritten", rewritten >= MUCH_REWRITTEN ? much : some, say));
  }
  const overFiles = changes.changed.files + changes.replaced.files;
  if (over && overFiles >= LEAST_FILES && overFiles / before.files >= LEAST_SCRAMBLED) {
    const told = `What was written over ${formatCount(overFiles)} files`;
    const bar = incompressibleFrom(ratio);
    if (over.least >= bar && odd(scrambled, "scrambled")) {
      // Data that never compress (photos, archives of archives) look encrypted before and after: only much of it, in a plan one knows, counts.
      const compresses = ratio <= 0.8;
      if (compresses || (known && rewritten >= SHRANK)) {
        const say = compresses
          ? `${told} does not compress, as encrypted data do not; the archive before took ${inPercent(ratio)} of its size.`
          : `${told} is new to the last byte; usually files of this plan are not rewritten.`;
        signs.push(sign("scrambled", compresses ? 45 : 40, say));
      }
    } else if (over.most >= bar && rewritten >= MUCH_REWRITTEN && odd(rewritten, "rewritten") && known) {
      const say = `${told} may be incompressible: so much was added beside that it cannot be told apart.`;
      signs.push(sign("not-told-apart", 25, say));
    }
  }
  if (shifted >= SOME_RENAMED && changes.extensionShift >= LEAST_FILES && odd(shifted, "shifted")) {
    const say = `${formatCount(changes.extensionShift)} files went and came back under names of another kind${namedKinds(features)}.`;
    signs.push(sign("renamed", shifted >= MUCH_RENAMED ? 45 : 30, say));
  }
  return signs;
}

/** Much new data while the tree did not grow, and worse compressible than before: all that borg's sizes can say. */
function byBorgAlone(features: BackupFeatures, now: BackupMeasures, past: readonly BackupMeasures[]) {
  const { before } = features;
  const { newData, compressesWorse } = now;
  if (!before || newData === null || compressesWorse === null) return [];
  if (features.bytes - before.bytes > GROWN * before.bytes) return [];
  const signs: AnomalyReason[] = [];
  if (newData >= MUCH_NEW && isUsual(newData, past, "newData") !== true)
    signs.push(
      sign(
        "new-data",
        35,
        `New data are ${inPercent(newData)} of the archive before, which did not grow${usually(past, "newData")}.`,
      ),
    );
  if (compressesWorse >= WORSE && isUsual(compressesWorse, past, "compressesWorse") !== true)
    signs.push(
      sign(
        "compresses-worse",
        45,
        `The whole tree compresses worse than before: to ${inPercent(usualRatio(features) + compressesWorse)}, from ${inPercent(usualRatio(features))}.`,
      ),
    );
  return signs;
}

/** What says something only beside a sign of destruction. */
function beside(
  signs: readonly AnomalyReason[],
  features: BackupFeatures,
  now: BackupMeasures,
  past: readonly BackupMeasures[],
) {
  if (signs.length === 0 || past.length < FEW) return [];
  const added: AnomalyReason[] = [];
  const { newData, durationSeconds } = now;
  if (
    features.changes &&
    newData !== null &&
    newData >= MUCH_NEW &&
    isUsual(newData, past, "newData") === false
  )
    added.push(
      sign(
        "new-data",
        10,
        `New data are ${inPercent(newData)} of the archive before${usually(past, "newData")}.`,
      ),
    );
  const usual = median(valuesOf(past, "durationSeconds"));
  if (durationSeconds !== null && usual !== null)
    if (durationSeconds >= SLOW_SECONDS && durationSeconds >= SLOW_TIMES * usual)
      added.push(
        sign("slow", 5, `It took ${formatDuration(durationSeconds)}, usually ${formatDuration(usual)}.`),
      );
  return added;
}

const sign = (because: AnomalyReason["because"], points: number, say: string): AnomalyReason => ({
  ...{ because, points, say },
});

function usually(past: readonly BackupMeasures[], of: keyof BackupMeasures): string {
  const values = valuesOf(past, of);
  const middle = median(values);
  return values.length < FEW || middle === null ? "" : `, usually ${inPercent(middle)}`;
}

function namedKinds({ changes }: BackupFeatures): string {
  const came = (changes?.extensions ?? [])
    .filter((one) => one.came > one.went)
    .toSorted((a, b) => b.came - b.went - (a.came - a.went));
  const names = came
    .slice(0, 3)
    .map(({ extension }) => (extension === "" ? "without an ending" : `.${extension}`));
  return names.length === 0 ? "" : `: mostly ${names.join(", ")}`;
}

function inPercent(part: number): string {
  const percent = part * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
