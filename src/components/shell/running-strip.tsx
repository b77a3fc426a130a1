"use client";

import { useQuery } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import { progressPercent } from "~/components/system/progress-percent";
import { Button } from "~/components/ui/button";
import { Menu, MenuLink, MenuSeparator } from "~/components/ui/menu";
import { Progress } from "~/components/ui/progress";
import { formatBytes } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { jobTitle } from "../system/job-title";
import { useMay } from "../system/use-may";

/** The jobs that run now, from any page. Nothing runs: nothing is shown. */
export function RunningStrip() {
  const trpc = useTRPC();
  const enabled = useMay("view");
  const { data } = useQuery(
    trpc.jobs.list.queryOptions({ states: ["assigned", "running"], limit: 10 }, { enabled }),
  );
  const running = data?.items ?? [];
  const [first] = running;
  if (!first) return null;
  const percent = progressPercent(first.progress);
  return (
    <Menu
      trigger={
        <Button variant="quiet" className="min-w-0 px-2" aria-label={`${running.length} running`}>
          <LoaderCircle aria-hidden className="text-accent motion-safe:animate-spin" />
          <span className="hidden min-w-0 items-center gap-2 sm:flex">
            <span className="max-w-48 truncate">
              {running.length === 1 ? jobTitle(first) : `${running.length} running`}
            </span>
            <Progress label={jobTitle(first)} value={percent} className="w-20" />
          </span>
          <span className="sm:hidden">{running.length}</span>
        </Button>
      }
    >
      {running.map((job) => (
        <MenuLink key={job.id} href={`/jobs/${job.id}`} className="grid w-80 max-w-[86vw] gap-1.5">
          <span className="flex justify-between gap-4">
            <span className="truncate">{jobTitle(job)}</span>
            <span className="shrink-0 text-ink-soft">
              {job.progress ? formatBytes(job.progress.originalBytes) : "starting"}
            </span>
          </span>
          <Progress label={jobTitle(job)} value={progressPercent(job.progress)} />
        </MenuLink>
      ))}
      <MenuSeparator />
      <MenuLink href="/jobs">All jobs</MenuLink>
    </Menu>
  );
}
