"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { useLate } from "~/components/ui/late";

const loadDialog = () => import("./download-dialog");

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
  const { part, want, warm } = useLate(loadDialog);
  return (
    <>
      <Button
        aria-haspopup="dialog"
        onPointerEnter={warm}
        onFocus={warm}
        onClick={() => {
          want();
          setOpen(true);
        }}
      >
        <Download aria-hidden />
        {label}
      </Button>
      {part && open ? (
        <part.DownloadDialog archiveId={archiveId} paths={paths} title={label} close={() => setOpen(false)} />
      ) : null}
    </>
  );
}
