"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BookOpenCheck } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { RadioGroup } from "~/components/ui/radio-group";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { DrillMachine } from "./drill-machine";

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

type Scope = "random" | "everything";

/** Drills one archive: some files, or all of it, on the storage node or on another machine. */
export function DrillArchiveNow({ archive }: { archive: { id: string; clientId: string } }) {
  const trpc = useTRPC();
  const opened = useOpened();
  const [open, setOpen] = useState(false);
  const [scope, setScope] = useState<Scope>("random");
  const [onto, setOnto] = useState<string | undefined>(undefined);
  const drill = useMutation(
    trpc.reports.drill.mutationOptions({ onSuccess: ({ jobId }) => opened([jobId]), onError: notBegun }),
  );
  return (
    <May action="maintenance" client={archive.clientId}>
      <Dialog
        title="Drill this archive"
        description="Brings files back out of it and compares them with what the machine hashed of its live ones. Nothing is left on a disk."
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button>
            <BookOpenCheck aria-hidden />
            Drill now
          </Button>
        }
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Not now</Button>
            <Button
              variant="primary"
              busy={drill.isPending}
              onClick={() => drill.mutate({ archiveId: archive.id, scope, onto })}
            >
              Drill
            </Button>
          </>
        }
      >
        <div className="grid gap-4">
          <RadioGroup
            label="What is brought back"
            value={scope}
            onChange={setScope}
            choices={[
              { value: "random", label: "Files drawn by seed, and canaries" },
              { value: "everything", label: "Everything" },
            ]}
          />
          <DrillMachine
            client={archive.clientId}
            value={onto}
            everything={scope === "everything"}
            onChange={setOnto}
          />
        </div>
      </Dialog>
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
