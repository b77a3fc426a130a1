import { DownloadButton } from "~/components/archives/download-button";
import { Notice } from "~/components/ui/notice";
import { MOST_DOWNLOAD_PATHS } from "~/domain/download";
import { formatCount } from "~/domain/quantity";
import type { ChosenPart } from "~/domain/restore-versions";
import { wantedOf } from "~/domain/restore-words";
import { useArchiveNames } from "./use-chosen";
import { WizardFoot } from "./wizard-foot";

/** Step 3 for the browser: one download for each archive, since each is packed by itself. */
export function StepDownload({ parts, back }: { parts: readonly ChosenPart[]; back: () => void }) {
  const names = useArchiveNames(parts);
  return (
    <div className="grid gap-4">
      <ul className="divide-y rounded-md border bg-panel">
        {parts.map(({ archiveId, paths }) => (
          <li key={archiveId} className="flex flex-wrap items-center justify-between gap-3 p-4">
            <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
              <span className="wrap-anywhere font-medium">{wantedOf(paths.length === 0 ? null : paths)}</span>
              <span className="wrap-anywhere text-[0.8125rem] text-ink-soft">
                from {names.get(archiveId) ?? "an archive"}
              </span>
            </div>
            {paths.length > MOST_DOWNLOAD_PATHS ? (
              <Notice tone="warn" title={`Over ${formatCount(MOST_DOWNLOAD_PATHS)} files and folders`}>
                Choose the folders that hold them, or another place.
              </Notice>
            ) : (
              <DownloadButton archiveId={archiveId} paths={paths} />
            )}
          </li>
        ))}
      </ul>
      <p className="max-w-prose text-ink-soft">
        Owners and permissions are kept in a tar.zst, and are not in a zip. The journal names who downloaded
        what.
      </p>
      <WizardFoot back={back} />
    </div>
  );
}
