import { BookOpenCheck, type LucideIcon, ShieldCheck, TriangleAlert } from "lucide-react";
import { Badge, type Tone } from "~/components/ui/badge";
import type { DrillOutcome } from "~/domain/drill";

export const OUTCOME_WORDS: Record<DrillOutcome, string> = {
  proved: "Proved",
  readable: "Read back",
  failed: "Failed",
};

const LOOKS: Record<DrillOutcome, { tone: Tone; icon: LucideIcon }> = {
  proved: { tone: "ok", icon: ShieldCheck },
  readable: { tone: "running", icon: BookOpenCheck },
  failed: { tone: "fail", icon: TriangleAlert },
};

/** What a drill came to. */
export function OutcomeBadge({ outcome }: { outcome: DrillOutcome }) {
  const { tone, icon: Icon } = LOOKS[outcome];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {OUTCOME_WORDS[outcome]}
    </Badge>
  );
}
