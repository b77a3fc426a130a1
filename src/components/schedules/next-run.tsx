import { Pause } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { RelativeTime } from "~/components/ui/relative-time";

/** When a plan runs next by itself: in how long, paused, or only when asked. */
export function NextRun({ plan }: { plan: { nextRunAt: Date | null; pausedAt: Date | null } }) {
  if (plan.pausedAt) {
    return (
      <Badge tone="idle">
        <Pause aria-hidden />
        Paused
      </Badge>
    );
  }
  return <RelativeTime at={plan.nextRunAt} absent="manual" />;
}
