import { ButtonLink } from "~/components/ui/button-link";
import { Notice } from "~/components/ui/notice";
import type { ArchiveRow } from "../system/api";

/** On the page of an archive whose backup looks suspicious or unusual: what that means, and the way to what it changed. */
export function SuspicionNotice({ archive }: { archive: Pick<ArchiveRow, "id" | "suspicion"> }) {
  const { suspicion } = archive;
  if (!suspicion || suspicion.strength === "none") return null;
  const see = <ButtonLink href={`/archives/${archive.id}/suspicious`}>See what changed</ButtonLink>;
  if (suspicion.strength === "mild")
    return (
      <Notice tone="info" title={`This backup is unusual (${suspicion.score} of 100)`} action={see}>
        Its plan's backups seldom look like this. Nothing is held back because of it.
      </Notice>
    );
  if (suspicion.resolution === null)
    return (
      <Notice
        tone="fail"
        title={`This backup looks as if its machine was encrypted or emptied (${suspicion.score} of 100)`}
        action={see}
      >
        Nothing is removed from its repository until somebody has looked at it. Do not restore from this
        archive.
      </Notice>
    );
  return (
    <Notice
      tone="info"
      title={
        suspicion.resolution === "ours"
          ? "This backup stood out, and was meant"
          : "This backup was suspicious, and is dealt with"
      }
      action={see}
    />
  );
}
