import {
  borgOptionWords,
  sayCredentials,
  sayDatabase,
  sayDrill,
  sayHooks,
  sayObjectives,
  saySnapshot,
  sayUpload,
} from "./option-words";
import type { PlanDraft } from "./plan-input";
import type { PlanOptions } from "./plan-options";
import { compressionWords } from "./plan-words";
import { formatDuration } from "./quantity";
import { sayKeepRules } from "./retention-words";
import { sayTiming } from "./schedule-words";

/** What a plan says apart from whose it is and where it writes. */
export type PlanValues = Omit<PlanDraft, "clientId" | "repositoryId" | "moreRepositoryIds" | "name">;
type PlainField = Exclude<keyof PlanValues, "options">;

interface Part {
  label: string;
  fields: readonly PlainField[];
  options: readonly (keyof PlanOptions)[];
  /** What the part says in a plan, for a before and an after. */
  say: (plan: PlanValues) => string;
}

/**
 * What of a plan a template or a profile can set, in the order of the editor. Each part is set whole or not at all. Every field of
 * {@link PlanValues} but the off-site seam stands in exactly one.
 */
export const PLAN_PARTS = {
  sources: {
    label: "Directories",
    fields: ["sources"],
    options: [],
    say: ({ sources }) => sources.join(", ") || "none",
  },
  excludes: {
    label: "Left out",
    fields: ["excludes"],
    options: [],
    say: ({ excludes }) => excludes.join(", ") || "nothing by pattern",
  },
  reading: {
    label: "Caches and other file systems",
    fields: ["excludeCaches", "oneFileSystem"],
    options: [],
    say: ({ excludeCaches, oneFileSystem }) =>
      `${excludeCaches ? "leaves out caches" : "reads caches too"}, ${
        oneFileSystem ? "stays on one file system" : "follows mounted file systems"
      }`,
  },
  compression: {
    label: "Compression",
    fields: ["compression"],
    options: [],
    say: ({ compression }) => compressionWords(compression),
  },
  upload: {
    label: "Upload limit",
    fields: [],
    options: ["uploadKibPerSecond", "uploadWindows"],
    say: ({ options }) => sayUpload(options),
  },
  borg: {
    label: "Time limit and other options of borg",
    fields: [],
    options: [
      ...([
        "checkpointMinutes",
        "filesCache",
        "numericIds",
        "noAcls",
        "noXattrs",
        "noFlags",
        "sparse",
      ] as const),
      ...(["excludeIfPresent", "keepExcludeTags", "limitMinutes"] as const),
    ],
    say: ({ options }) =>
      [
        ...(options.limitMinutes === null
          ? []
          : [`stopped after ${formatDuration(options.limitMinutes * 60)}`]),
        ...borgOptionWords(options),
      ].join(", ") || "borg's own defaults",
  },
  databases: {
    label: "Databases",
    fields: [],
    options: ["databases"],
    say: ({ options }) =>
      options.databases
        .map((source) => `${sayDatabase(source)}, ${sayCredentials(source.credentials)}`)
        .join("; ") || "none",
  },
  machine: {
    label: "Before and after",
    fields: [],
    options: ["hooksBefore", "hooksAfter", "stopContainersLabelled", "snapshot"],
    say: ({ options }) =>
      [
        `before: ${sayHooks(options.hooksBefore)}`,
        `after: ${sayHooks(options.hooksAfter)}`,
        options.stopContainersLabelled === null
          ? null
          : `containers labelled ${options.stopContainersLabelled} are stopped`,
        `reads ${saySnapshot(options.snapshot)}`,
      ]
        .filter((words) => words !== null)
        .join("; "),
  },
  schedule: {
    label: "When",
    fields: ["schedule"],
    options: [],
    say: ({ schedule }) => (schedule === null ? "only when somebody asks" : sayTiming(schedule)),
  },
  keep: { label: "Keep", fields: ["keep"], options: [], say: ({ keep }) => sayKeepRules(keep) },
  drills: {
    label: "Restore drills",
    fields: [],
    options: ["drill"],
    say: ({ options }) => sayDrill(options.drill),
  },
  objectives: {
    label: "Promises",
    fields: ["objectives"],
    options: [],
    say: ({ objectives }) => sayObjectives(objectives),
  },
} as const satisfies Record<string, Part>;

export type PlanPart = keyof typeof PLAN_PARTS;
export const PLAN_PART_NAMES = Object.keys(PLAN_PARTS) as PlanPart[];

/** Parts that belong to one machine: a profile, which is for many, does not set them. A template may. */
export const PARTS_OF_ONE_MACHINE: readonly PlanPart[] = ["sources", "databases"];

/**
 * What a template or a profile sets: some of a plan's values. An absent key is not set; `keep` and `schedule` may be set to null. As
 * they come from outside: see plan-settings.
 */
export type PlanSettings = Partial<Omit<PlanValues, "options">> & { options?: Partial<PlanOptions> };

/** The parts that these settings set. */
export function partsOf(settings: PlanSettings): PlanPart[] {
  return PLAN_PART_NAMES.filter((name) => {
    const part: Part = PLAN_PARTS[name];
    return (
      part.fields.some((field) => settings[field] !== undefined) ||
      part.options.some((option) => settings.options?.[option] !== undefined)
    );
  });
}

/** Of a plan's values only the given parts, as settings. */
export function pickParts(plan: PlanValues, names: readonly PlanPart[]): PlanSettings {
  const parts: Part[] = names.map((name) => PLAN_PARTS[name]);
  const fields = new Set<string>(parts.flatMap((part) => part.fields));
  const options = new Set<string>(parts.flatMap((part) => part.options));
  const { options: own, ...plain } = plan;
  const picked: PlanSettings = Object.fromEntries(Object.entries(plain).filter(([key]) => fields.has(key)));
  if (options.size === 0) return picked;
  return { ...picked, options: Object.fromEntries(Object.entries(own).filter(([key]) => options.has(key))) };
}

/** The plan as it would be with these settings. What they do not set stays. */
export function applySettings<Plan extends PlanValues>(plan: Plan, settings: PlanSettings): Plan {
  const { options, ...plain } = settings;
  return { ...plan, ...withoutAbsent(plain), options: { ...plan.options, ...withoutAbsent(options ?? {}) } };
}

function withoutAbsent(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
