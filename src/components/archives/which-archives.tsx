"use client";

import { useFilters } from "~/components/ui/filter-bar";
import { SegmentedFilter } from "~/components/ui/segmented-filter";

/** Switches the list between what is kept and what is in the trash; the other filters stay. */
export function WhichArchives() {
  const [{ trashed }, setFilters] = useFilters(["trashed"]);
  return (
    <SegmentedFilter
      legend="Which archives"
      value={trashed === "yes" ? "yes" : null}
      onChange={(next) => void setFilters({ trashed: next })}
      choices={[
        { label: "Kept", value: null },
        { label: "Trash", value: "yes" },
      ]}
    />
  );
}
