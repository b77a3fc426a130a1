"use client";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { ConfirmFirst } from "~/components/access/confirm-first";
import { NowProvider } from "~/components/ui/now";
import { Toaster } from "~/components/ui/toast";
import { TRPCReactProvider } from "~/trpc/react";

/** What every page stands in. `serverNow` is the server's clock, in milliseconds. */
export function Providers({
  nonce,
  serverNow,
  children,
}: {
  nonce?: string;
  serverNow: number;
  children: ReactNode;
}) {
  return (
    <CSPProvider nonce={nonce} disableStyleElements>
      <TRPCReactProvider>
        <NuqsAdapter>
          <NowProvider serverNow={serverNow}>
            <Toaster>
              <ConfirmFirst>{children}</ConfirmFirst>
            </Toaster>
          </NowProvider>
        </NuqsAdapter>
      </TRPCReactProvider>
    </CSPProvider>
  );
}
