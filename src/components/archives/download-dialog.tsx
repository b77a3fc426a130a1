"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { DialogPanel } from "~/components/ui/dialog-panel";
import { RadioGroup } from "~/components/ui/radio-group";
import type { DownloadFormat } from "~/domain/download";
import { SelectionTotal } from "./selection-total";
import { useDownload } from "./use-download";

type Packed = Extract<DownloadFormat, "zip" | "tar.zst">;

const CHOICES = [
  {
    value: "zip",
    label: "zip",
    hint: "Opens everywhere. Names are made safe for Windows and macOS; symbolic links and devices are left out and listed in it.",
  },
  {
    value: "tar.zst",
    label: "tar.zst",
    hint: "Everything as it was: names, owners, modes, links. For Linux and BSD, with tar and zstd.",
  },
] as const satisfies readonly { value: Packed; label: string; hint: string }[];

/** How a selection is packed, how much it is, and the button that begins. The button and the menu load it when it is opened. */
export function DownloadDialog({
  archiveId,
  paths,
  title,
  close,
}: {
  archiveId: string;
  paths: readonly string[];
  title: string;
  close: () => void;
}) {
  const [format, setFormat] = useState<Packed>("zip");
  const download = useDownload({ onStarted: close });
  return (
    <DialogPanel
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
      title={<span className="break-all">{title}</span>}
      description="It comes to this computer through the browser, which shows how far it is. Nothing is written on the server for it."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            busy={download.isPending}
            onClick={() => download.mutate({ archiveId, paths: [...paths], format })}
          >
            Download
          </Button>
        </>
      }
    >
      <RadioGroup label="Packed as" choices={CHOICES} value={format} onChange={setFormat} />
      {paths.length > 0 ? (
        <p>
          <SelectionTotal archiveId={archiveId} selection={paths} />
          <span className="text-ink-soft"> before packing</span>
        </p>
      ) : (
        <p className="text-ink-soft">Everything in this archive.</p>
      )}
    </DialogPanel>
  );
}
