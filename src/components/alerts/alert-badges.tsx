import {
  BellRing,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Info,
  type LucideIcon,
  ShieldCheck,
  Siren,
  TriangleAlert,
} from "lucide-react";
import { Badge, type Tone } from "~/components/ui/badge";
import type { AlertSeverity } from "~/domain/alert";
import { SEVERITY_WORDS } from "~/domain/alert-words";
import type { ObjectiveState } from "~/domain/objective";

interface Look {
  word: string;
  tone: Tone;
  icon: LucideIcon;
}

const SEVERITY_LOOKS: Record<AlertSeverity, Omit<Look, "word">> = {
  info: { tone: "idle", icon: Info },
  warning: { tone: "warn", icon: TriangleAlert },
  serious: { tone: "fail", icon: BellRing },
  critical: { tone: "fail", icon: Siren },
};

const OBJECTIVE_LOOKS: Record<ObjectiveState, Look> = {
  proven: { word: "Proven", tone: "ok", icon: ShieldCheck },
  ok: { word: "OK", tone: "ok", icon: CircleCheck },
  unproven: { word: "Unproven", tone: "idle", icon: CircleDashed },
  breached: { word: "Breached", tone: "fail", icon: CircleAlert },
};

/** How grave an alert is, as icon and word. */
export function SeverityBadge({ severity }: { severity: AlertSeverity }) {
  const { tone, icon: Icon } = SEVERITY_LOOKS[severity];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {SEVERITY_WORDS[severity]}
    </Badge>
  );
}

/** How a plan or client stands to what was promised; null: nothing is promised, because there is no plan. */
export function ObjectiveBadge({ objective }: { objective: { state: ObjectiveState; say: string } | null }) {
  if (!objective) return <span className="text-ink-soft">no plan</span>;
  const { word, tone, icon: Icon } = OBJECTIVE_LOOKS[objective.state];
  return (
    <Badge tone={tone} title={objective.say}>
      <Icon aria-hidden />
      {word}
    </Badge>
  );
}
