import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { ShortTime } from "~/components/ui/short-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";
import type { Pending } from "./pending";

export type CleanSet = NonNullable<Api["archives"]["cleanSet"]>;

/** What the clean set consists of: the last archive before the suspicious run, and what is clean and newer. */
export function CleanSetFacts({ cleanSet }: { cleanSet: Pending<CleanSet | null> }) {
  const { data, error, refetch } = cleanSet;
  if (data === undefined) {
    if (error === null) return <SkeletonRows rows={2} />;
    return <ErrorState title="The clean set could not be made" error={error} retry={() => void refetch()} />;
  }
  if (data === null) {
    return (
      <Notice tone="info" title="There is no clean set">
        This plan has no suspicious backup, or nothing is left from before it. Choose an archive instead.
      </Notice>
    );
  }
  const { lastClean, suspicious, laterPaths, leftOut } = data;
  return (
    <div className="grid gap-2 rounded-md border bg-panel p-4">
      <p>
        The whole of{" "}
        <TextLink inline href={`/archives/${lastClean.archiveId}`}>
          {lastClean.name}
        </TextLink>
        , the last archive before the suspicious run of <ShortTime at={suspicious.observedAt} />
        {laterPaths > 0
          ? `, then ${formatCount(laterPaths)} files and folders of later archives that the run did not touch.`
          : "."}
      </p>
      <p className="text-ink-soft">
        What people deleted after that run comes back too: nobody can tell it from what the attacker deleted.
      </p>
      {leftOut > 0 ? (
        <Notice tone="warn" title={`${formatCount(leftOut)} newer files did not fit`}>
          They are clean and lie in the newest archive of the plan: restore them from there afterwards.
        </Notice>
      ) : null}
    </div>
  );
}
