"use client";

import { useQueries } from "@tanstack/react-query";
import { Bytes } from "~/components/ui/bytes";
import { formatCount } from "~/domain/quantity";
import type { Selection } from "~/domain/restore-selection";
import { useTRPC } from "~/trpc/react";

/** Characters of paths that are asked for at once: they travel in an address. */
const MOST_CHARACTERS = 1500;

/** How much is ticked in all, folders with what is below them. Nothing while the catalog does not hold the archive. */
export function SelectionTotal({ archiveId, selection }: { archiveId: string; selection: Selection }) {
  const trpc = useTRPC();
  const answers = useQueries({
    queries: inPieces(selection).map((paths) =>
      trpc.archives.measure.queryOptions({ id: archiveId, paths }, { staleTime: Number.POSITIVE_INFINITY }),
    ),
  });
  const measured = answers.flatMap(({ data }) => data ?? []);
  if (measured.length < answers.length) return null;
  const sum = (of: "bytes" | "files") => measured.reduce((total, one) => total + one[of], 0);
  const files = sum("files");
  return (
    <span className="text-ink-soft">
      <Bytes value={sum("bytes")} /> in {files === 1 ? "one file" : `${formatCount(files)} files`}
    </span>
  );
}

function inPieces(selection: Selection): string[][] {
  const pieces: string[][] = [];
  let characters = MOST_CHARACTERS;
  for (const path of selection) {
    if (characters + path.length > MOST_CHARACTERS) {
      pieces.push([]);
      characters = 0;
    }
    characters += path.length + 3;
    pieces.at(-1)?.push(path);
  }
  return pieces;
}
