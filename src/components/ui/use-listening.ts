import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * True once the page's own code runs. Before, a pressed button would submit the form as plain HTML does, with a password in the
 * address: forms that hold one keep their button disabled until then.
 */
export function useListening(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
