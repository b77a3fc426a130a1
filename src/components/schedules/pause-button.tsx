"use client";

import { Pause, Play } from "lucide-react";
import { useMay } from "~/components/system/use-may";
import { Button } from "~/components/ui/button";
import { usePause } from "./use-pause";

/** Pause or resume for whoever manages the plan. */
export function PauseButton({
  plan,
  paused,
}: {
  plan: { id: string; name: string; clientId: string };
  paused: boolean;
}) {
  const may = useMay("manage-plans", plan.clientId);
  const { busy, pause, resume } = usePause(plan);
  if (!may) return null;
  return (
    <Button busy={busy} onClick={paused ? resume : pause}>
      {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
      {paused ? "Resume" : "Pause"}
    </Button>
  );
}
