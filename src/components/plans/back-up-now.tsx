"use client";

import { Eye, Play } from "lucide-react";
import { useMay } from "~/components/system/use-may";
import { useStartBackup } from "~/components/system/use-start-backup";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";

/** Starts the plan, or goes to its backup that is under way. */
export function BackUpNow({
  plan,
  size = "medium",
}: {
  plan: { id: string; clientId: string; activeJobId: string | null };
  size?: "small" | "medium";
}) {
  const start = useStartBackup();
  const may = useMay("backup", plan.clientId);
  if (plan.activeJobId) {
    return (
      <ButtonLink
        size={size}
        variant={size === "small" ? "secondary" : "primary"}
        href={`/jobs/${plan.activeJobId}`}
      >
        <Eye aria-hidden />
        Watch it
      </ButtonLink>
    );
  }
  if (!may) return null;
  return (
    <Button
      size={size}
      variant={size === "small" ? "secondary" : "primary"}
      busy={start.isPending}
      onClick={() => start.mutate({ id: plan.id })}
    >
      <Play aria-hidden />
      Back up now
    </Button>
  );
}
