"use client";

import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Progress } from "~/components/ui/progress";
import { isEnded } from "~/domain/job";
import { formatBytes, formatCount } from "~/domain/quantity";
import { DryRunOutcome } from "./dry-run-outcome";
import { useDryRun } from "./use-dry-run";

/** A dry run: under way, failed, or what came of it. */
export function DryRunState({ jobId }: { jobId: string }) {
  const { data: look, error, refetch } = useDryRun(jobId);
  if (error && !look) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!look || !isEnded(look.state)) {
    const soFar = look?.soFar;
    return (
      <div className="grid max-w-md gap-2">
        <p role="status" className="text-ink-soft">
          {soFar
            ? `Walking the tree: ${formatCount(soFar.files)} files, ${formatBytes(soFar.bytes)} so far.`
            : "Asking the machine. Nothing is read but names, sizes and dates."}
        </p>
        <Progress label="Dry run" value={null} />
      </div>
    );
  }
  if (look.result) return <DryRunOutcome result={look.result} />;
  return (
    <Notice
      tone={look.state === "cancelled" ? "info" : "fail"}
      title={look.state === "cancelled" ? "The dry run was stopped" : "The dry run did not succeed"}
    >
      {look.problem?.say ?? "Try again."}
    </Notice>
  );
}
