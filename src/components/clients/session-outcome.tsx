import { Ban, CircleCheck, PlugZap, TriangleAlert } from "lucide-react";
import { Badge } from "~/components/ui/badge";

/** How a pass through the gate ended, or that it is still open. */
export function SessionOutcome({
  session,
}: {
  session: { refused: string | null; endedAt: Date | null; exitCode: number | null };
}) {
  if (session.refused !== null) {
    return (
      <span className="grid gap-0.5">
        <span>
          <Badge tone="fail">
            <Ban aria-hidden />
            Refused
          </Badge>
        </span>
        <span className="text-[0.8125rem] text-ink-soft">{session.refused}</span>
      </span>
    );
  }
  if (session.endedAt === null) {
    return (
      <Badge tone="running">
        <PlugZap aria-hidden />
        Open
      </Badge>
    );
  }
  if (session.exitCode === 0) {
    return (
      <Badge tone="ok">
        <CircleCheck aria-hidden />
        Ended
      </Badge>
    );
  }
  return (
    <Badge tone="warn">
      <TriangleAlert aria-hidden />
      {session.exitCode === null ? "Cut off" : `Exit ${session.exitCode}`}
    </Badge>
  );
}
