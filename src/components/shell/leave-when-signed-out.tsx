"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { problemOf } from "~/components/ui/problem-of";

/** What the server says of whoever has to sign in, or to finish it, before anything else. */
const SIGNED_OUT = new Set([
  "not-signed-in",
  "second-factor-needed",
  "second-factor-not-set-up",
  "approval-pending",
]);

/**
 * Loads the page anew when any request of it is refused because the sign-in was ended, ran out, or has a step left: the server then sends
 * the person to where that can be changed, and back. Stands once in the console.
 */
export function LeaveWhenSignedOut() {
  const queryClient = useQueryClient();
  useEffect(() => {
    let leaving = false;
    const look = (error: unknown) => {
      if (leaving || !SIGNED_OUT.has(problemOf(error).code)) return;
      leaving = true;
      window.location.reload();
    };
    const unwatchQueries = queryClient.getQueryCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") look(event.action.error);
    });
    const unwatchMutations = queryClient.getMutationCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") look(event.action.error);
    });
    return () => {
      unwatchQueries();
      unwatchMutations();
    };
  }, [queryClient]);
  return null;
}
