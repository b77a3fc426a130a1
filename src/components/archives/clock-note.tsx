import { formatDuration } from "~/domain/quantity";

/** Minutes by which the machine's word and ours may differ without a remark: the end of a backup and our look at the list. */
const REMARKABLE_MINUTES = 10;

/** Why there are two times, and how far they are apart. */
export function ClockNote({
  archive,
}: {
  archive: { observedAt: Date; claimedStartAt: Date; claimedEndAt: Date | null };
}) {
  const claimed = archive.claimedEndAt ?? archive.claimedStartAt;
  const apartSeconds = Math.abs(archive.observedAt.getTime() - claimed.getTime()) / 1000;
  const apart = apartSeconds > REMARKABLE_MINUTES * 60;
  return (
    <span className={apart ? "text-warn" : "text-ink-soft"}>
      {apart ? `${formatDuration(apartSeconds)} apart: the machine's clock may be wrong. ` : ""}A machine can
      write any time into an archive; nothing is decided by it.
    </span>
  );
}
