import {
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  Clock,
  Hand,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  OctagonAlert,
  PlugZap,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import type { JobState } from "~/domain/job";
import { Badge, type Tone } from "./badge";

interface Look {
  word: string;
  tone: Tone;
  icon: LucideIcon;
  /** Something is really moving. */
  moving?: boolean;
}

const JOB_LOOKS: Record<JobState, Look> = {
  queued: { word: "Queued", tone: "idle", icon: Clock },
  assigned: { word: "Handed out", tone: "running", icon: Hourglass },
  running: { word: "Running", tone: "running", icon: LoaderCircle, moving: true },
  blocked: { word: "Blocked", tone: "warn", icon: Hand },
  succeeded: { word: "Succeeded", tone: "ok", icon: CircleCheck },
  warned: { word: "With warnings", tone: "warn", icon: TriangleAlert },
  failed: { word: "Failed", tone: "fail", icon: CircleX },
  cancelled: { word: "Cancelled", tone: "idle", icon: CircleSlash },
};

export type ClientState = "waiting" | "preparing" | "online" | "offline" | "problem";
const CLIENT_LOOKS: Record<ClientState, Look> = {
  waiting: { word: "Waiting", tone: "idle", icon: CircleDashed },
  preparing: { word: "Preparing", tone: "running", icon: Hourglass },
  online: { word: "Online", tone: "ok", icon: PlugZap },
  offline: { word: "Offline", tone: "warn", icon: Unplug },
  problem: { word: "Problem", tone: "fail", icon: CircleX },
};

export type RepositoryState = "creating" | "ready" | "failed";
const REPOSITORY_LOOKS: Record<RepositoryState, Look> = {
  creating: { word: "Creating", tone: "running", icon: LoaderCircle, moving: true },
  ready: { word: "Ready", tone: "ok", icon: CircleCheck },
  failed: { word: "Failed", tone: "fail", icon: CircleX },
};

const HELD_LOOK: Look = { word: "Held", tone: "fail", icon: OctagonAlert };

function Shown({ look }: { look: Look }) {
  const Icon = look.icon;
  return (
    <Badge tone={look.tone}>
      <Icon aria-hidden className={look.moving ? "motion-safe:animate-spin" : undefined} />
      {look.word}
    </Badge>
  );
}

/** A state as icon and word, never as colour alone. */
export function JobStateBadge({ state }: { state: JobState }) {
  return <Shown look={JOB_LOOKS[state]} />;
}
export function ClientStateBadge({ state }: { state: ClientState }) {
  return <Shown look={CLIENT_LOOKS[state]} />;
}
/** `held`: an audit found something; that outweighs what the repository is otherwise. */
export function RepositoryStateBadge({ state, held = false }: { state: RepositoryState; held?: boolean }) {
  return <Shown look={held ? HELD_LOOK : REPOSITORY_LOOKS[state]} />;
}
