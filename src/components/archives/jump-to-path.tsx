"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CornerDownRight } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { parentOf, showPath, typedPath } from "~/domain/archive-path";
import { useTRPC } from "~/trpc/react";
import type { useTreePlace } from "./use-tree-place";

/** Goes to a typed path: a folder is opened, of a file the folder that holds it; what is not there opens the nearest folder that is. */
export function JumpToPath({
  archiveId,
  place,
}: {
  archiveId: string;
  place: ReturnType<typeof useTreePlace>;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const jump = useMutation({
    mutationFn: (path: string) =>
      queryClient.fetchQuery(trpc.archives.locate.queryOptions({ id: archiveId, path })),
    onSuccess: ({ folder, entry, missing }, path) => {
      setTyped(null);
      if (missing) place.openNearest(folder, path);
      else if (entry) place.showEntry(parentOf(path), path);
      else place.open(folder);
    },
    onError: (error) => toast.failed("The path could not be looked for", problemOf(error).say),
  });
  return (
    <form
      className="flex min-w-0 gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== null) jump.mutate(typedPath(typed));
      }}
    >
      <Input
        aria-label="Go to path"
        placeholder="/path/to/go/to"
        className="w-full font-mono text-[0.8125rem] sm:w-72"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={typed ?? (place.path === "" ? "" : `/${showPath(place.path)}`)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setTyped((now) => (now === "" ? null : now))}
      />
      <Button type="submit" busy={jump.isPending}>
        <CornerDownRight aria-hidden />
        Go
      </Button>
    </form>
  );
}
