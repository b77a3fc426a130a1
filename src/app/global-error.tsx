"use client";

import { ErrorState } from "~/components/ui/error-state";
import "./globals.css";

export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto max-w-2xl p-6">
          <ErrorState error={error} retry={reset} />
        </main>
      </body>
    </html>
  );
}
