import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { HeadCell } from "~/components/ui/table";
import type { FolderOrder } from "~/domain/folder-order";

/** The head of a column by which a folder can be ordered; pressed again, the other way round. */
export function SortHead({
  order,
  by,
  reversed,
  orderBy,
  number = false,
  from,
  children,
}: {
  order: FolderOrder;
  by: FolderOrder;
  reversed: boolean;
  orderBy: (order: FolderOrder) => void;
  number?: boolean;
  from?: "sm";
  children: ReactNode;
}) {
  const current = by === order;
  // Sizes and dates begin with the largest and the newest.
  const descending = (order === "name") === reversed;
  const Icon = descending ? ArrowDown : ArrowUp;
  return (
    <HeadCell
      from={from}
      number={number}
      aria-sort={current ? (descending ? "descending" : "ascending") : "none"}
      className={order === "name" ? "w-full" : undefined}
    >
      <button
        type="button"
        onClick={() => orderBy(order)}
        className="inline-flex items-center gap-1 font-medium hover:text-ink"
      >
        {children}
        {current ? <Icon aria-hidden className="size-3.5" /> : null}
      </button>
    </HeadCell>
  );
}
