import { ByteChange } from "./byte-change";
import { ChangeCounts } from "./change-counts";
import type { ComparedEntry } from "./compare-table";

/** What all that differs in a folder comes to. */
export function CompareTotals({ entries }: { entries: readonly ComparedEntry[] }) {
  const sum = (of: (one: ComparedEntry) => number) => entries.reduce((total, one) => total + of(one), 0);
  return (
    <p className="flex flex-wrap items-baseline gap-x-4 font-medium" aria-live="polite">
      <ChangeCounts
        inWords
        counts={{
          added: sum((one) => one.added),
          changed: sum((one) => one.changed),
          removed: sum((one) => one.removed),
        }}
      />
      <ByteChange bytes={sum((one) => one.bytesAfter - one.bytesBefore)} />
    </p>
  );
}
