"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Bytes } from "~/components/ui/bytes";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { RelativeTime } from "~/components/ui/relative-time";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

type Release = Api["updates"]["releases"]["releases"][number];

const SOURCES: Record<Release["source"], string> = {
  upload: "added by hand",
  feed: "from the feed",
  folder: "from a folder of the server",
  build: "came with the program that runs",
};

/** One release: what is new, which files of it are here, and who signed it. */
export function ReleaseEntry({ release }: { release: Release }) {
  const { files } = release;
  const here = files.filter((file) => file.storedAt !== null);
  return (
    <li className="grid gap-3 rounded-md border bg-panel p-4">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="grid gap-0.5">
          <h3 className="flex flex-wrap items-center gap-2 font-semibold">
            {release.product === "borg" ? "borg" : "Agent and server"} {release.version}
            {release.channel === "beta" ? <Badge tone="warn">beta</Badge> : null}
            <Badge tone={here.length === files.length ? "ok" : "idle"}>
              {here.length === files.length
                ? "all files here"
                : `${here.length} of ${files.length} files here`}
            </Badge>
          </h3>
          <p className="text-[0.8125rem] text-ink-soft">
            Released <RelativeTime at={release.releasedAt} />, {SOURCES[release.source]}{" "}
            <RelativeTime at={release.addedAt} />.
          </p>
        </div>
        <Remove release={release} />
      </div>
      <p className="max-w-prose whitespace-pre-wrap break-words">
        {release.notes === "" ? <span className="text-ink-soft">It came without notes.</span> : release.notes}
      </p>
      <details>
        <summary className="cursor-pointer text-ink-soft">Files and signature</summary>
        <ul className="mt-2 grid gap-2">
          {files.map((file) => (
            <li key={file.name} className="grid gap-0.5">
              <span className="flex flex-wrap gap-x-3">
                <span className="break-all font-medium">{file.name}</span>
                <Bytes value={file.size} />
                <span className="text-ink-soft">{file.storedAt === null ? "not here" : "here"}</span>
              </span>
              <code className="wrap-anywhere font-mono text-[0.8125rem] text-ink-soft">{file.sha256}</code>
            </li>
          ))}
          <li className="wrap-anywhere text-ink-soft">
            Signed by <code className="font-mono text-[0.8125rem]">{release.signedBy}</code>
          </li>
        </ul>
      </details>
    </li>
  );
}

function Remove({ release }: { release: Release }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.updates.removeRelease.mutationOptions({
      onSuccess: () =>
        toast.done(`Release ${release.version} was removed`, "Its files are gone from this server."),
      onSettled: () => queryClient.invalidateQueries(trpc.updates.pathFilter()),
    }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button size="small" variant="quiet">
          Remove
        </Button>
      }
      title={`Remove release ${release.version}`}
      name={release.version}
      lost="Its files on this server. Machines that are to install it cannot fetch it any more."
      kept="Machines that run it go on. The feed does not bring it again; adding it by hand does."
      action="Remove it"
      confirm={() => remove.mutateAsync({ id: release.id })}
    />
  );
}
