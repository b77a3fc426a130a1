"use client";

import type { ComponentType } from "react";
import type { PlanPart } from "~/domain/plan-parts";
import { PlanWhen } from "../schedules/plan-when";
import { PlanBorg } from "./plan-borg";
import { PlanCompression } from "./plan-compression";
import { PlanDatabases } from "./plan-databases";
import { PlanDrill } from "./plan-drill";
import { PlanHooks } from "./plan-hooks";
import { PlanKeep } from "./plan-keep";
import { PlanObjectives } from "./plan-objectives";
import { LeaveOutCaches, OneFileSystem } from "./plan-reading";
import { PlanUpload } from "./plan-upload";
import { ExcludeList, SourceList } from "./plan-what";

/** What edits each part of a plan: the same fields as in the editor of a plan, without a machine. `isNew`: nothing was chosen before. */
export const PROFILE_FIELDS: Record<PlanPart, ComponentType<{ isNew: boolean }>> = {
  sources: () => <SourceList clientId="" />,
  excludes: () => <ExcludeList />,
  reading: () => <Reading />,
  compression: () => <PlanCompression />,
  upload: () => <PlanUpload />,
  borg: () => <PlanBorg />,
  databases: () => <PlanDatabases />,
  machine: () => <PlanHooks />,
  schedule: ({ isNew }) => <PlanWhen planId={isNew ? null : "profile"} />,
  keep: () => <PlanKeep planId={null} saved={null} />,
  drills: () => <PlanDrill />,
  objectives: () => <PlanObjectives />,
};

function Reading() {
  return (
    <div className="grid gap-3">
      <LeaveOutCaches />
      <OneFileSystem />
    </div>
  );
}
