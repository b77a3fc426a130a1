"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useSyncExternalStore } from "react";

/** Longest text that an address carries. Node refuses request headers above 16 KiB in all, cookies included. */
const LONGEST_IN_ADDRESS = 4000;
/** In place of a text that is too long for an address. */
const IN_TAB = "~";
const CHANGED = "bbs-kept";

/**
 * A text that stands in the address as `name`, so that walking, Back, a reload and a copied link keep it; one too long for an address is kept
 * in the tab's storage as `place` and lives as long as the tab. `inAddress`: what a link to another page carries on.
 */
export function useKeptParam(name: string, place: string) {
  const [inAddress, setInAddress] = useQueryState(
    name,
    parseAsString.withDefault("").withOptions({ history: "replace" }),
  );
  const stored = useSyncExternalStore(
    subscribe,
    () => sessionStorage.getItem(place) ?? "",
    () => "",
  );
  const keep = useCallback(
    (text: string) => {
      const fits = text.length <= LONGEST_IN_ADDRESS;
      if (!fits) {
        sessionStorage.setItem(place, text);
        window.dispatchEvent(new Event(CHANGED));
      }
      void setInAddress(text === "" ? null : fits ? text : IN_TAB);
    },
    [place, setInAddress],
  );
  return { text: inAddress === IN_TAB ? stored : inAddress, inAddress, keep };
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  return () => window.removeEventListener(CHANGED, onChange);
}
