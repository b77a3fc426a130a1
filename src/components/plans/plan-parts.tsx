"use client";

import { useFormContext, useWatch } from "react-hook-form";
import {
  borgOptionWords,
  sayDatabase,
  sayDrill,
  sayHooks,
  sayObjectives,
  saySnapshot,
  sayUpload,
} from "~/domain/option-words";
import type { PlanDraft } from "~/domain/plan-input";
import { formatDuration } from "~/domain/quantity";
import { EditorPart } from "./editor-part";

const loadDatabases = () => import("./plan-databases").then((file) => file.PlanDatabases);
const loadHooks = () => import("./plan-hooks").then((file) => file.PlanHooks);
const loadUpload = () => import("./plan-upload").then((file) => file.PlanUpload);
const loadBorg = () => import("./plan-borg").then((file) => file.PlanBorg);
const loadDrill = () => import("./plan-drill").then((file) => file.PlanDrill);
const loadObjectives = () => import("./plan-objectives").then((file) => file.PlanObjectives);

/** Databases: told in a line, edited when opened. */
export function DatabasesPart() {
  const { control, formState } = useFormContext<PlanDraft>();
  const databases = useWatch({ control, name: "options.databases" });
  return (
    <EditorPart
      title="Databases"
      words={databases.map(sayDatabase).join("; ") || "none"}
      wrong={formState.errors.options?.databases !== undefined}
      load={loadDatabases}
    />
  );
}

/** Scripts, containers and snapshots around a backup. */
export function HooksPart() {
  const { control, formState } = useFormContext<PlanDraft>();
  const options = useWatch({ control, name: "options" });
  const { errors } = formState;
  const words = [
    options.hooksBefore.length > 0 ? `before: ${sayHooks(options.hooksBefore)}` : null,
    options.hooksAfter.length > 0 ? `after: ${sayHooks(options.hooksAfter)}` : null,
    options.stopContainersLabelled ? `stops containers labelled ${options.stopContainersLabelled}` : null,
    options.snapshot === "none" ? null : saySnapshot(options.snapshot),
  ].filter((part) => part !== null);
  return (
    <EditorPart
      title="Before and after"
      words={words.join("; ") || "no scripts, containers or snapshots"}
      wrong={
        (errors.options?.hooksBefore ??
          errors.options?.hooksAfter ??
          errors.options?.stopContainersLabelled) !== undefined
      }
      load={loadHooks}
    />
  );
}

/** How fast it may send. */
export function UploadPart() {
  const { control, formState } = useFormContext<PlanDraft>();
  const [uploadKibPerSecond, uploadWindows] = useWatch({
    control,
    name: ["options.uploadKibPerSecond", "options.uploadWindows"],
  });
  return (
    <EditorPart
      title="Upload limit"
      words={sayUpload({ uploadKibPerSecond, uploadWindows })}
      wrong={
        (formState.errors.options?.uploadKibPerSecond ?? formState.errors.options?.uploadWindows) !==
        undefined
      }
      load={loadUpload}
    />
  );
}

/** The rest of borg's options and the time limit. */
export function BorgPart() {
  const { control, formState } = useFormContext<PlanDraft>();
  const options = useWatch({ control, name: "options" });
  const words = [
    ...(options.limitMinutes === null ? [] : [`stopped after ${formatDuration(options.limitMinutes * 60)}`]),
    ...borgOptionWords(options),
  ];
  return (
    <EditorPart
      title="Time limit and other options of borg"
      words={words.join(", ") || "borg's own defaults"}
      wrong={
        (formState.errors.options?.excludeIfPresent ?? formState.errors.options?.limitMinutes) !== undefined
      }
      load={loadBorg}
    />
  );
}

/** Restores that prove by themselves that restoring works. */
export function DrillPart() {
  const { control, formState } = useFormContext<PlanDraft>();
  const drill = useWatch({ control, name: "options.drill" });
  return (
    <EditorPart
      title="Restore drills"
      words={sayDrill(drill)}
      wrong={formState.errors.options?.drill !== undefined}
      load={loadDrill}
    />
  );
}

/** What the plan promises. */
export function ObjectivesPart() {
  const { control, formState } = useFormContext<PlanDraft>();
  const objectives = useWatch({ control, name: "objectives" });
  return (
    <EditorPart
      title="Promises"
      words={
        sayObjectives(objectives) === "nothing"
          ? "what the schedule says, nothing more"
          : sayObjectives(objectives)
      }
      wrong={formState.errors.objectives !== undefined}
      load={loadObjectives}
    />
  );
}
