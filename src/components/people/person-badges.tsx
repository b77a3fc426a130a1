import { CircleCheck, CircleSlash, Hourglass, ShieldCheck, ShieldOff } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import type { PersonRow } from "./people-api";

/** Whether a person may sign in. */
export function PersonStateBadge({ state }: { state: PersonRow["state"] }) {
  switch (state) {
    case "active":
      return (
        <Badge tone="ok">
          <CircleCheck aria-hidden />
          Active
        </Badge>
      );
    case "pending":
      return (
        <Badge tone="warn">
          <Hourglass aria-hidden />
          Waits to be let in
        </Badge>
      );
    case "disabled":
      return (
        <Badge>
          <CircleSlash aria-hidden />
          Disabled
        </Badge>
      );
  }
}

/** Whether a password alone is enough to be this person. */
export function SecondFactorBadge({ has }: { has: boolean }) {
  return has ? (
    <Badge tone="ok">
      <ShieldCheck aria-hidden />
      Set up
    </Badge>
  ) : (
    <Badge tone="warn">
      <ShieldOff aria-hidden />
      None
    </Badge>
  );
}
