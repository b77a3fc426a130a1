"use client";

import { Download } from "lucide-react";
import { Button } from "~/components/ui/button";
import { DialogPanel } from "~/components/ui/dialog-panel";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { Skeleton } from "~/components/ui/skeleton";
import { showPath, trailOf } from "~/domain/archive-path";
import { PreviewText } from "./preview-text";
import { usePreview } from "./use-preview";

/** A look at one file of an archive. Its content is only ever shown: as text, or as a picture. ~/components/archives/file-actions loads it. */
export function PreviewDialog({
  archiveId,
  path,
  close,
  download,
}: {
  archiveId: string;
  path: string;
  close: () => void;
  download: () => void;
}) {
  const preview = usePreview({ archiveId, path });
  const name = showPath(trailOf(path).at(-1)?.name ?? "");
  return (
    <DialogPanel
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
      title={<span className="break-all">{name}</span>}
      className="w-[64rem]"
      footer={
        <>
          <Button onClick={close}>Close</Button>
          <Button variant="primary" onClick={download}>
            <Download aria-hidden />
            Download
          </Button>
        </>
      }
    >
      <Shown preview={preview} name={name} />
    </DialogPanel>
  );
}

function Shown({ preview, name }: { preview: ReturnType<typeof usePreview>; name: string }) {
  const { data, error, refetch } = preview;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) {
    return (
      <div className="grid gap-2" role="status">
        <p className="text-ink-soft">Reading it from the repository. A large archive takes some seconds.</p>
        <Skeleton className="h-64" />
      </div>
    );
  }
  switch (data.kind) {
    case "refused":
      return (
        <Notice tone="info" title="No preview">
          {data.say} Download it to open it on your computer.
        </Notice>
      );
    case "picture":
      return (
        // biome-ignore lint/performance/noImgElement: its bytes are in the address; there is nothing to optimise.
        <img
          src={data.source}
          alt={`Content of ${name}`}
          className="mx-auto max-h-[70dvh] max-w-full object-contain"
        />
      );
    case "text":
      return <PreviewText lines={data.lines} name={name} />;
  }
}
