"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, File, Folder } from "lucide-react";
import { useState } from "react";
import { NameText } from "~/components/archives/name-text";
import type { Api } from "~/components/system/api";
import { Button } from "~/components/ui/button";
import { Bytes } from "~/components/ui/bytes";
import { ErrorState } from "~/components/ui/error-state";
import { RelativeTime } from "~/components/ui/relative-time";
import { ShortTime } from "~/components/ui/short-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { parentOf } from "~/domain/archive-path";
import { formatCount } from "~/domain/quantity";
import type { ChosenVersion } from "~/domain/restore-versions";
import { useTRPC } from "~/trpc/react";

type Found = Api["archives"]["find"]["items"][number];
interface Choosing {
  has: (version: ChosenVersion) => boolean;
  add: (version: ChosenVersion) => void;
}

/** A file or folder that was found: its newest version to be chosen at once, the others when they are asked for. */
export function FoundFile({ file, ...choosing }: { file: Found } & Choosing) {
  const [open, setOpen] = useState(false);
  const folder = parentOf(file.path);
  const Icon = file.type === "directory" ? Folder : File;
  return (
    <li className="grid gap-2 px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Icon aria-hidden className="size-4 shrink-0 text-ink-soft" />
        <div className="grid min-w-0 flex-1 basis-40">
          <span className="wrap-anywhere font-medium">
            <NameText path={file.name} />
          </span>
          <span className="wrap-anywhere text-[0.8125rem] text-ink-soft">
            /{folder === "" ? "" : <NameText path={folder} />}
            {file.deleted ? " · not in the newest archive any more" : ""}
          </span>
        </div>
        {file.versions > 1 ? (
          <Button size="small" variant="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide versions" : `${formatCount(file.versions)} versions`}
          </Button>
        ) : null}
        <Choose version={{ archiveId: file.archive.archiveId, path: file.path }} {...choosing}>
          {file.deleted ? "Choose the last" : file.versions > 1 ? "Choose the newest" : "Choose"}
        </Choose>
      </div>
      {open ? <Versions file={file} {...choosing} /> : null}
    </li>
  );
}

function Versions({ file, ...choosing }: { file: Found } & Choosing) {
  const trpc = useTRPC();
  const { repositoryId, path } = file;
  const query = useQuery(trpc.archives.timeline.queryOptions({ repositoryId, path }));
  if (!query.data) {
    return query.isError ? (
      <ErrorState error={query.error} retry={() => void query.refetch()} />
    ) : (
      <SkeletonRows rows={file.versions > 3 ? 4 : file.versions} />
    );
  }
  return (
    <ul className="divide-y rounded-md border" aria-label="Its versions">
      {query.data.versions.map((version) => {
        const [newest] = version.archives;
        if (!newest) return null;
        const changed = version.modifiedAt === null ? null : new Date(version.modifiedAt);
        return (
          <li key={newest.archiveId} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
            <span className="min-w-0 flex-1 basis-48">
              Changed <RelativeTime at={changed} absent="at a time not told" />
              {version.type === "file" ? (
                <>
                  , <Bytes value={version.bytes} />
                </>
              ) : null}
              <span className="block text-[0.8125rem] text-ink-soft">
                last seen <ShortTime at={newest.observedAt} /> in {newest.name}
              </span>
            </span>
            <Choose version={{ archiveId: newest.archiveId, path }} {...choosing}>
              Choose
            </Choose>
          </li>
        );
      })}
    </ul>
  );
}

function Choose({ version, has, add, children }: { version: ChosenVersion; children: string } & Choosing) {
  if (!has(version)) {
    return (
      <Button size="small" onClick={() => add(version)}>
        {children}
      </Button>
    );
  }
  return (
    <span className="flex items-center gap-1 px-2 text-[0.8125rem] text-ok">
      <Check aria-hidden className="size-4" />
      Chosen
    </span>
  );
}
