import { RotateCcw } from "lucide-react";
import Link from "next/link";
import { showPath, toAddress } from "~/domain/archive-path";
import { restoreAddress } from "../restores/restore-address";

/** What can be done with one entry of an archive without ticking it. */
export function EntryActions({ archiveId, path, name }: { archiveId: string; path: string; name: string }) {
  return (
    <Link
      href={restoreAddress({ archiveId, pick: toAddress(path) })}
      prefetch={false}
      aria-label={`Restore ${showPath(name)}`}
      title="Restore"
      className="inline-flex size-7 items-center justify-center rounded-md text-ink-soft hover:bg-hover hover:text-ink [&_svg]:size-4"
    >
      <RotateCcw aria-hidden />
    </Link>
  );
}
