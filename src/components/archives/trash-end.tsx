"use client";

import { useNow } from "~/components/ui/now";
import { ShortTime } from "~/components/ui/short-time";

/** Until when an archive can surely be brought back; afterwards it is a matter of when the next compaction runs. */
export function TrashEnd({ at }: { at: Date | null }) {
  const { now } = useNow();
  if (!at) return <span className="text-ink-soft">not known yet</span>;
  if (at <= now) return <span className="text-warn">until the next compaction</span>;
  return (
    <>
      until <ShortTime at={at} />
    </>
  );
}
