"use client";

import { type ComponentType, useEffect, useRef } from "react";
import { useLate } from "~/components/ui/late";
import { Skeleton } from "~/components/ui/skeleton";

/**
 * A part of an editor that most leave as it is: its name and, in words, how it stands; what it consists of is loaded when it is opened. Opens by
 * itself when something in it is wrong. `load` stands outside of components.
 */
export function EditorPart({
  title,
  words,
  wrong,
  load,
}: {
  title: string;
  words: string;
  wrong: boolean;
  load: () => Promise<ComponentType>;
}) {
  const { part: Part, want } = useLate(load);
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (wrong && box.current) box.current.open = true;
  }, [wrong]);
  return (
    <details
      ref={box}
      className="min-w-0 rounded-md border bg-panel"
      onToggle={(event) => (event.currentTarget.open ? want() : undefined)}
    >
      <summary className="cursor-pointer px-4 py-2.5">
        <span className="font-medium">{title}</span>
        <span className="ml-2 break-words text-[0.8125rem] text-ink-soft">{words}</span>
      </summary>
      <div className="border-t p-4">{Part ? <Part /> : <Skeleton className="h-24 rounded-md" />}</div>
    </details>
  );
}
