"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { ErrorState } from "~/components/ui/error-state";
import { isEnded } from "~/domain/job";
import type { PlanDraft } from "~/domain/plan-input";
import { formatBytes, formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { LeftOutList } from "./left-out-list";
import { useDryRun, useStopDryRun } from "./use-dry-run";

/** Milliseconds without typing after which the patterns are tried: each try walks the machine's tree. */
const STILL_MS = 900;

/** Counts on the machine what the patterns leave out, anew whenever they rest after a change. An older try is stopped. */
export function PatternTest({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const { control } = useFormContext<PlanDraft>();
  const [sources, excludes, oneFileSystem, excludeCaches, options] = useWatch({
    control,
    name: ["sources", "excludes", "oneFileSystem", "excludeCaches", "options"],
  });
  const [jobId, setJobId] = useState<string | null>(null);
  const { mutate: stop } = useStopDryRun();
  const running = useRef<string | null>(null);
  const { mutate: begin, error } = useMutation(
    trpc.looks.testExcludes.mutationOptions({
      onSuccess: (begun) => {
        running.current = begun.jobId;
        setJobId(begun.jobId);
      },
    }),
  );
  const wanted = JSON.stringify({
    sources: filled(sources).filter((path) => path.startsWith("/")),
    excludes: filled(excludes),
    ...{ oneFileSystem, excludeCaches },
    ...{ excludeIfPresent: options.excludeIfPresent, keepExcludeTags: options.keepExcludeTags },
  });
  useEffect(() => {
    const settings: Settings = JSON.parse(wanted);
    if (settings.sources.length === 0) return;
    const timer = setTimeout(() => {
      if (running.current) stop({ id: running.current });
      running.current = null;
      begin({ clientId, ...settings });
    }, STILL_MS);
    return () => clearTimeout(timer);
  }, [wanted, clientId, begin, stop]);
  const { data: look } = useDryRun(jobId);
  const done = look !== undefined && isEnded(look.state);
  useEffect(() => {
    if (done) running.current = null;
  }, [done]);
  // Whoever leaves does not wait for it any more.
  useEffect(
    () => () => {
      if (running.current) stop({ id: running.current });
    },
    [stop],
  );
  if (filled(sources).length === 0) {
    return (
      <p className="text-ink-soft">Choose a directory first; its tree is what the patterns are tried on.</p>
    );
  }
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <p role="status" className="text-ink-soft">
        {sentenceOf(look)}
      </p>
      {error ? <ErrorState title="The patterns were not tried" error={error} /> : null}
      {look && done && !look.result && look.state === "failed" ? (
        <p className="text-fail">{look.problem?.say ?? "The machine could not try them."}</p>
      ) : null}
      {look?.result ? <LeftOutList leftOut={look.result.leftOut} /> : null}
      {look?.result && look.result.leftOut.length === 0 ? (
        <p>No pattern is set: nothing is left out.</p>
      ) : null}
    </div>
  );
}

type Settings = Pick<PlanDraft, "sources" | "excludes" | "oneFileSystem" | "excludeCaches"> &
  Pick<PlanDraft["options"], "excludeIfPresent" | "keepExcludeTags">;

type Look = ReturnType<typeof useDryRun>["data"];

function sentenceOf(look: Look): string {
  if (look?.result) {
    const { files, bytes } = look.result.included;
    return `A backup would take ${formatBytes(bytes)} in ${formatCount(files)} ${files === 1 ? "file" : "files"} now.`;
  }
  if (look && isEnded(look.state)) return "";
  return look?.soFar
    ? `Walking the tree: ${formatCount(look.soFar.files)} files so far.`
    : "Trying the patterns on the machine.";
}

function filled(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter((value) => value !== ""))];
}
