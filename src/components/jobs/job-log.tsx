"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { CopyButton } from "~/components/ui/copy-button";
import { ErrorState } from "~/components/ui/error-state";
import { Input } from "~/components/ui/input";
import { Section } from "~/components/ui/section";
import { Select } from "~/components/ui/select";
import { hasEarlierLines, type TailLine } from "~/domain/log-tail";
import { formatCount } from "~/domain/quantity";
import { LEVEL_CHOICES, type LevelChoice, lineText } from "./log-levels";
import { LogLines } from "./log-lines";
import { useLogFilter } from "./use-log-filter";
import { usePagedLog } from "./use-paged-log";
import type { LogState } from "./use-watched-job";

/**
 * A job's log. Without a filter it is the live tail; with one, or when somebody wants the beginning, the server is asked page by
 * page and the lines that come meanwhile are added when they fit.
 */
export function JobLog({
  jobId,
  tail,
  state,
}: {
  jobId: string;
  tail: readonly TailLine[];
  state: LogState;
}) {
  const { level, search, setFilter } = useLogFilter();
  const [fromStart, setFromStart] = useState(false);
  const filtered = level !== "all" || search !== "";
  const paged = filtered || fromStart;
  const { pages, lines: read } = usePagedLog({ jobId, level, search, tail, enabled: paged });
  const lines = paged ? read : tail;
  return (
    <Section
      title="Log"
      action={<CopyButton text={lines.map(lineText).join("\n")} label="Copy log" />}
      className="min-w-0"
    >
      <div className="grid gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <Input
            type="search"
            aria-label="Search the log"
            placeholder="Search the log"
            className="w-full sm:w-64"
            defaultValue={search}
            onChange={(event) => setFilter({ search: event.target.value })}
          />
          <Select<LevelChoice>
            aria-label="Level"
            className="w-auto min-w-40"
            choices={LEVEL_CHOICES}
            value={level}
            onChange={(value) => setFilter({ level: value })}
          />
          {!paged && hasEarlierLines(tail) ? (
            <Button onClick={() => setFromStart(true)}>From the beginning</Button>
          ) : null}
          {fromStart && !filtered ? (
            <Button onClick={() => setFromStart(false)}>Only the newest</Button>
          ) : null}
        </div>
        {pages.isError && paged ? (
          <ErrorState error={pages.error} retry={() => void pages.refetch()} />
        ) : null}
        <LogLines
          lines={lines}
          follow={!paged}
          empty={emptyWords({ filtered, state, loading: paged && pages.isPending })}
        />
        {paged && pages.hasNextPage ? (
          <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Load more than {formatCount(lines.length)} lines
          </Button>
        ) : null}
      </div>
    </Section>
  );
}

function emptyWords(view: { filtered: boolean; state: LogState; loading: boolean }): string {
  if (view.loading || (view.state === "reading" && !view.filtered)) return "Reading the log.";
  if (view.filtered) return "No line fits the filter.";
  return view.state === "following" ? "No line yet." : "This job wrote no log.";
}
