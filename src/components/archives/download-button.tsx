"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { DownloadForm } from "./download-form";

/** Downloads what is ticked in an archive (`paths`, base64; none: the whole archive), after asking how it is to be packed. Needs `restore`. */
export function DownloadButton({
  archiveId,
  paths,
  label = "Download",
}: {
  archiveId: string;
  paths: readonly string[];
  label?: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button>
          <Download aria-hidden />
          {label}
        </Button>
      }
      title="Download"
      description="It comes to this computer through the browser. Nothing is written on the server for it."
    >
      <DownloadForm archiveId={archiveId} paths={paths} close={() => setOpen(false)} />
    </Dialog>
  );
}
