"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { Field } from "~/components/ui/field";
import { useNow } from "~/components/ui/now";
import { exactTime } from "~/components/ui/relative-time";
import { Select } from "~/components/ui/select";
import { useTRPC } from "~/trpc/react";
import type { ArchiveRow } from "../system/api";

/** Archives offered beside the one that is open; an older one is opened from its own page. */
const MOST_OFFERED = 100;

/** As of when: another archive of the same repository takes the place of this one, and what is chosen stays chosen. */
export function ArchiveChoice({
  archive,
}: {
  archive: Pick<ArchiveRow, "id" | "name" | "planName" | "observedAt" | "repositoryId">;
}) {
  const trpc = useTRPC();
  const { zone } = useNow();
  const [, setArchive] = useQueryState(
    "archive",
    parseAsString.withOptions({ history: "push", shallow: false, scroll: false }),
  );
  const { repositoryId } = archive;
  const { data } = useQuery(trpc.archives.list.queryOptions({ repositoryId, limit: MOST_OFFERED }));
  const listed = data?.items ?? [];
  const offered = listed.some(({ id }) => id === archive.id) ? listed : [archive, ...listed];
  return (
    <Field label="As of">
      <Select
        className="max-w-xl"
        choices={offered.map(({ id, name, planName, observedAt }) => ({
          value: id,
          label: exactTime(observedAt, zone),
          detail: planName ? `${planName}: ${name}` : name,
        }))}
        value={archive.id}
        onChange={(id) => void setArchive(id)}
      />
    </Field>
  );
}
