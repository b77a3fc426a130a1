"use client";

import { ErrorState } from "~/components/ui/error-state";

export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <ErrorState error={error} retry={reset} />;
}
