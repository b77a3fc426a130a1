"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BookOpenCheck } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "~/components/ui/button";
import { Menu, MenuItem } from "~/components/ui/menu";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";

/** Drills the newest archive of a plan in each of its repositories. */
export function DrillPlanNow({ plan }: { plan: { id: string; clientId: string } }) {
  const trpc = useTRPC();
  const opened = useOpened();
  const drill = useMutation(
    trpc.reports.drillPlan.mutationOptions({ onSuccess: ({ jobIds }) => opened(jobIds), onError: notBegun }),
  );
  return (
    <May action="maintenance" client={plan.clientId}>
      <Button
        busy={drill.isPending}
        title="Reads files back out of the newest archive and compares them with the machine's hashes"
        onClick={() => drill.mutate({ planId: plan.id })}
      >
        <BookOpenCheck aria-hidden />
        Drill now
      </Button>
    </May>
  );
}

/** Drills one archive: some files, or all of it. */
export function DrillArchiveNow({ archive }: { archive: { id: string; clientId: string } }) {
  const trpc = useTRPC();
  const opened = useOpened();
  const drill = useMutation(
    trpc.reports.drill.mutationOptions({ onSuccess: ({ jobId }) => opened([jobId]), onError: notBegun }),
  );
  const begin = (scope: "random" | "everything") => drill.mutate({ archiveId: archive.id, scope });
  return (
    <May action="maintenance" client={archive.clientId}>
      <Menu
        trigger={
          <Button busy={drill.isPending}>
            <BookOpenCheck aria-hidden />
            Drill now
          </Button>
        }
      >
        <MenuItem onClick={() => begin("random")}>Files drawn by seed, and canaries</MenuItem>
        <MenuItem onClick={() => begin("everything")}>Everything</MenuItem>
      </Menu>
    </May>
  );
}

function useOpened() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  return (jobIds: readonly string[]) => {
    void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
    const [first] = jobIds;
    if (first !== undefined) router.push(jobIds.length === 1 ? `/jobs/${first}` : "/jobs");
  };
}

const notBegun = (error: unknown) => toast.failed("The drill was not begun", problemOf(error).say);
