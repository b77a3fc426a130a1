"use client";

import { useMutation } from "@tanstack/react-query";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { startBrowserDownload } from "./start-browser-download";

/** Asks for files of an archive and lets the browser take them. */
export function useDownload({ onStarted }: { onStarted?: () => void } = {}) {
  const trpc = useTRPC();
  return useMutation(
    trpc.downloads.prepare.mutationOptions({
      onSuccess: ({ url, fileName }) => {
        startBrowserDownload(url);
        toast.done(
          "The download begins",
          `Your browser saves ${fileName}. It shows how far it is, and cancels.`,
        );
        onStarted?.();
      },
      onError: (error) => toast.failed("The download did not begin", problemOf(error).say),
    }),
  );
}
