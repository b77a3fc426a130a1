import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { PushFollow } from "~/components/alerts/push-follow";
import { HeldBanner } from "~/components/shell/held-banner";
import { HELD_NOW } from "~/components/shell/held-now";
import { LeaveWhenSignedOut } from "~/components/shell/leave-when-signed-out";
import { LiveProvider } from "~/components/shell/live";
import { Sidebar } from "~/components/shell/sidebar";
import { SIDEBAR_COOKIE } from "~/components/shell/sidebar-choice";
import { TopBar } from "~/components/shell/top-bar";
import { listsAction } from "~/domain/may-list";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { requireSignIn } from "./require-sign-in";
import { whoMay } from "./who-may";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const [cookieStore] = await Promise.all([cookies(), requireSignIn()]);
  if (listsAction(await whoMay(), "view")) {
    prefetch(trpc.jobs.list.queryOptions({ states: ["assigned", "running"], limit: 10 }));
    prefetch(trpc.vault.incidents.queryOptions(HELD_NOW));
    prefetch(trpc.alerts.counts.queryOptions());
  }
  return (
    <HydrateClient>
      <LeaveWhenSignedOut />
      <PushFollow />
      <LiveProvider>
        <a
          href="#content"
          className="sr-only z-50 rounded-md bg-panel px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          Skip to the content
        </a>
        <div className="flex min-h-dvh">
          <Sidebar startNarrow={cookieStore.get(SIDEBAR_COOKIE)?.value === "narrow"} />
          <div className="flex min-w-0 flex-1 flex-col">
            <TopBar />
            <HeldBanner />
            <main
              id="content"
              className="mx-auto grid w-full grid-cols-[minmax(0,1fr)] max-w-[90rem] content-start gap-6 p-4 sm:p-6"
            >
              {children}
            </main>
          </div>
        </div>
      </LiveProvider>
    </HydrateClient>
  );
}
