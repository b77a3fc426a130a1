"use client";

import { Folder } from "lucide-react";
import { Button } from "~/components/ui/button";
import { EmptyState } from "~/components/ui/empty-state";
import { FolderCrumbs } from "../archives/folder-crumbs";
import { NameText } from "../archives/name-text";
import type { ClientDetail } from "../system/api";
import { DiskFolder, type Ticks } from "./disk-folder";
import { isReadable, readableRoots } from "./readable-roots";

/** Walks a machine's live disk within what its policy lets be read; above that, the folders with which one may begin. */
export function DiskWalker({
  client,
  path,
  open,
  ticks,
}: {
  client: Pick<ClientDetail, "id" | "policy">;
  path: string;
  open: (path: string) => void;
  ticks?: Ticks;
}) {
  const roots = readableRoots(client.policy?.readPaths ?? []);
  if (isReadable(path, roots))
    return <DiskFolder clientId={client.id} path={path} open={open} ticks={ticks} />;
  if (roots === null || roots.length === 0) {
    return <EmptyState title="The machine's policy lets nothing be read." />;
  }
  return (
    <div className="grid gap-2">
      <FolderCrumbs path={path} open={open} />
      <p className="text-ink-soft">The machine lets these be read:</p>
      <ul className="flex flex-wrap gap-2">
        {roots.map((root) => (
          <li key={root}>
            <Button onClick={() => open(root)}>
              <Folder aria-hidden />
              <span className="font-mono">
                /<NameText path={root} />
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
