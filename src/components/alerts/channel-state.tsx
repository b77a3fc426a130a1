import { CircleCheck, CirclePause, CircleX } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { RelativeTime } from "~/components/ui/relative-time";

/** Whether what is sent through a channel gets there. */
export function ChannelState({
  channel,
}: {
  channel: { enabled: boolean; lastProblem: string | null; lastSentAt: Date | null };
}) {
  if (!channel.enabled) {
    return (
      <Badge tone="idle">
        <CirclePause aria-hidden />
        Off
      </Badge>
    );
  }
  if (channel.lastProblem) {
    return (
      <Badge tone="fail">
        <CircleX aria-hidden />
        Failing
      </Badge>
    );
  }
  if (!channel.lastSentAt) return <Badge tone="idle">Not used yet</Badge>;
  return (
    <Badge tone="ok">
      <CircleCheck aria-hidden />
      Sent <RelativeTime at={channel.lastSentAt} />
    </Badge>
  );
}
