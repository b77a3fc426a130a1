"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";

/** Says that somebody looks after them: they are not told once more. */
function useAcknowledge(done?: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.alerts.acknowledge.mutationOptions({
      onSuccess: ({ acknowledged }, { ids }) => {
        done?.();
        void queryClient.invalidateQueries(trpc.alerts.pathFilter());
        if (acknowledged > 0) toast.done(`${countOf(acknowledged)} acknowledged`);
        const left = ids.length - acknowledged;
        if (left > 0)
          toast.failed(
            `${countOf(left)} left as ${left === 1 ? "it is" : "they are"}`,
            "They are right again, acknowledged already, or not yours to acknowledge.",
          );
      },
      onError: (error) => toast.failed("Nothing was acknowledged", problemOf(error).say),
    }),
  );
}

/** Acknowledges one alert. */
export function AcknowledgeButton({ id }: { id: string }) {
  const acknowledge = useAcknowledge();
  return (
    <Button variant="primary" busy={acknowledge.isPending} onClick={() => acknowledge.mutate({ ids: [id] })}>
      <Check aria-hidden />
      Acknowledge
    </Button>
  );
}

/** What is ticked, at the foot of the window. Nothing while nothing is. */
export function AcknowledgeTray({ alerts, clear }: { alerts: readonly { id: string }[]; clear: () => void }) {
  const acknowledge = useAcknowledge(clear);
  if (alerts.length === 0) return null;
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-4 z-20 flex flex-wrap items-center gap-2 rounded-md border border-line-strong bg-raised p-3"
    >
      <span aria-live="polite" className="font-medium">
        {formatCount(alerts.length)} selected
      </span>
      <Button variant="quiet" onClick={clear}>
        Clear
      </Button>
      <Button
        variant="primary"
        className="ml-auto"
        busy={acknowledge.isPending}
        onClick={() => acknowledge.mutate({ ids: alerts.map((alert) => alert.id) })}
      >
        <Check aria-hidden />
        Acknowledge {formatCount(alerts.length)}
      </Button>
    </section>
  );
}

const countOf = (alerts: number) => `${formatCount(alerts)} ${alerts === 1 ? "alert" : "alerts"}`;
