import { Badge } from "~/components/ui/badge";
import { ExactTime } from "~/components/ui/exact-time";
import { RelativeTime } from "~/components/ui/relative-time";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";
import { shownAddress } from "./addresses";

export type Version = Api["archives"]["timeline"]["versions"][number];

/** From which archive to which a version stands in them, and each of them by name. */
export function HoldingArchives({ version, path }: { version: Version; path: string }) {
  const { archives, archiveCount, oldest, current } = version;
  const newest = archives[0];
  if (!newest) return null;
  return (
    <div className="grid gap-1">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span>
          <RelativeTime at={newest.observedAt} />
          {archiveCount > 1 ? (
            <>
              {" "}
              back to <RelativeTime at={oldest.observedAt} />
            </>
          ) : null}
        </span>
        {current ? <Badge tone="ok">newest</Badge> : null}
        {newest.isTrashed ? <Badge tone="warn">in the trash</Badge> : null}
      </span>
      <details>
        <summary className="cursor-pointer text-[0.8125rem] text-ink-soft hover:text-ink">
          {archiveCount === 1 ? "one archive" : `${formatCount(archiveCount)} archives`}
        </summary>
        <ul className="mt-1 grid max-h-64 gap-1 overflow-auto text-[0.8125rem]">
          {archives.map((archive) => (
            <li key={archive.archiveId} className="flex flex-wrap gap-x-3">
              <TextLink href={shownAddress({ archiveId: archive.archiveId, path })} className="wrap-anywhere">
                {archive.name}
              </TextLink>
              <span className="text-ink-soft">
                <ExactTime at={archive.observedAt} />
                {archive.isTrashed ? ", in the trash" : ""}
              </span>
            </li>
          ))}
          {archiveCount > archives.length ? (
            <li className="text-ink-soft">
              and {formatCount(archiveCount - archives.length)} older, back to {oldest.name}
            </li>
          ) : null}
        </ul>
      </details>
    </div>
  );
}
