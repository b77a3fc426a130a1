import type { LucideIcon } from "lucide-react";
import { Bytes } from "~/components/ui/bytes";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell } from "~/components/ui/table";

/** The mark before the name of an entry of a folder. */
export function EntryIcon({ icon: Icon, isFolder }: { icon: LucideIcon; isFolder: boolean }) {
  return (
    <Icon
      aria-hidden
      className={isFolder ? "size-4 shrink-0 text-accent" : "size-4 shrink-0 text-ink-soft"}
    />
  );
}

/** Size and time of an entry; only files have a size worth telling. */
export function SizeAndTime({
  entry,
}: {
  entry: { type: string; bytes: number | null; modifiedAt: string | null };
}) {
  return (
    <>
      <Cell number>
        {entry.type === "file" ? <Bytes value={entry.bytes} /> : <span className="text-ink-soft">-</span>}
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <RelativeTime at={entry.modifiedAt === null ? null : new Date(entry.modifiedAt)} absent="not told" />
      </Cell>
    </>
  );
}
