"use client";

import { useCallback, useState } from "react";
import { toast } from "./toast";

/**
 * Code that is loaded when a person first wants it: what opens in front of a page is not part of the page. `part` is null until then.
 * `warm` fetches without showing, for when a pointer comes near; `want` says so when the code does not come.
 */
export function useLate<Part>(load: () => Promise<Part>) {
  const [part, setPart] = useState<Part | null>(null);
  const want = useCallback(
    () =>
      void load().then(
        (loaded) => setPart(() => loaded),
        () => toast.failed("This could not be opened", "The server did not answer. Load the page again."),
      ),
    [load],
  );
  const warm = useCallback(() => void load().catch(() => null), [load]);
  return { part, want, warm };
}
