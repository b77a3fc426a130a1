import { Siren } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import type { ArchiveRow } from "../system/api";
import { suspicionLook } from "./suspicion-words";

/** Beside the name of an archive whose backup looks suspicious or unusual; nothing for all others. */
export function SuspicionMark({ archive }: { archive: Pick<ArchiveRow, "suspicion"> }) {
  const look = archive.suspicion && suspicionLook(archive.suspicion);
  if (!look) return null;
  return (
    <Badge tone={look.tone} title={`Score ${archive.suspicion?.score} of 100`} className="shrink-0">
      <Siren aria-hidden />
      {look.word}
    </Badge>
  );
}
