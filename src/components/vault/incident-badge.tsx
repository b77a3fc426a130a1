import { CircleCheck, OctagonAlert, Undo2 } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import type { Incident } from "./vault-api";

/** How an incident stands: held, rolled back, accepted. */
export function IncidentBadge({ incident }: { incident: Pick<Incident, "resolution"> }) {
  if (incident.resolution === "rolled-back") {
    return (
      <Badge tone="ok">
        <Undo2 aria-hidden />
        Rolled back
      </Badge>
    );
  }
  if (incident.resolution === "accepted") {
    return (
      <Badge tone="idle">
        <CircleCheck aria-hidden />
        Accepted
      </Badge>
    );
  }
  return (
    <Badge tone="fail">
      <OctagonAlert aria-hidden />
      Held
    </Badge>
  );
}
