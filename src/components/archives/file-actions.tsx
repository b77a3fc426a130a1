"use client";

import { Download, Ellipsis, Eye, History, RotateCcw } from "lucide-react";
import { useState } from "react";
import { IconButton } from "~/components/ui/icon-button";
import { useLate } from "~/components/ui/late";
import { Menu, MenuItem, MenuLink, MenuNote } from "~/components/ui/menu";
import { showPath, toAddress, trailOf } from "~/domain/archive-path";
import { MOST_PREVIEW_BYTES } from "~/domain/download";
import type { FolderEntry } from "~/keeper/contract/archives";
import { restoreAddress } from "../restores/restore-address";
import { fileAddress } from "./addresses";
import { useDownload } from "./use-download";

const loadPreview = () => import("./preview-dialog");
const loadDownload = () => import("./download-dialog");

/**
 * What can be done with one file, folder or version of an archive: look, download, see all versions, restore. For who may `restore`;
 * `bytes` null: not known. Without `repositoryId` there is no way to its versions.
 */
export function FileActions({
  archiveId,
  repositoryId,
  path,
  type,
  bytes,
}: {
  archiveId: string;
  repositoryId?: string;
  path: string;
  type: FolderEntry["type"];
  bytes: number | null;
}) {
  const [opened, setOpened] = useState<"preview" | "download" | null>(null);
  const preview = useLate(loadPreview);
  const packing = useLate(loadDownload);
  const download = useDownload();
  const isFile = type === "file" || type === "hardlink";
  const isTooLarge = bytes !== null && bytes > MOST_PREVIEW_BYTES;
  const close = () => setOpened(null);
  const name = showPath(trailOf(path).at(-1)?.name ?? "");
  const downloadFile = () => download.mutate({ archiveId, paths: [path], format: "file" });
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`What to do with ${name}`} className="size-7" busy={download.isPending}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        {isFile && !isTooLarge ? (
          <MenuItem
            onPointerEnter={preview.warm}
            onClick={() => {
              preview.want();
              setOpened("preview");
            }}
          >
            <Eye aria-hidden />
            Preview
          </MenuItem>
        ) : null}
        {isFile ? (
          <MenuItem onClick={downloadFile}>
            <Download aria-hidden />
            Download
          </MenuItem>
        ) : null}
        {type === "directory" ? (
          <MenuItem
            onPointerEnter={packing.warm}
            onClick={() => {
              packing.want();
              setOpened("download");
            }}
          >
            <Download aria-hidden />
            Download as zip or tar
          </MenuItem>
        ) : null}
        {repositoryId && type !== "directory" ? (
          <MenuLink href={fileAddress({ repositoryId, path })}>
            <History aria-hidden />
            All versions
          </MenuLink>
        ) : null}
        <MenuLink href={restoreAddress({ archiveId, pick: toAddress(path) })}>
          <RotateCcw aria-hidden />
          Restore
        </MenuLink>
        {isFile && isTooLarge ? <MenuNote>Too large to look at here: over 10 MiB</MenuNote> : null}
      </Menu>
      {packing.part && opened === "download" ? (
        <packing.part.DownloadDialog
          archiveId={archiveId}
          paths={[path]}
          title={`Download ${name}`}
          close={close}
        />
      ) : null}
      {preview.part && opened === "preview" ? (
        <preview.part.PreviewDialog archiveId={archiveId} path={path} close={close} download={downloadFile} />
      ) : null}
    </>
  );
}
