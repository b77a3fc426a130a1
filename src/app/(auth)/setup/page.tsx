import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { SetupForm } from "~/components/access/setup-form";
import { SetupLinkNotice } from "~/components/access/setup-link-notice";
import { getQueryClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

export default async function SetupPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const queryClient = getQueryClient();
  const { needed } = await queryClient.fetchQuery(trpc.setup.state.queryOptions());
  if (!needed) return <SetupLinkNotice reason="done" />;
  const { token } = await searchParams;
  if (typeof token !== "string") return <SetupLinkNotice reason="missing" />;
  const found = await check(token);
  return found === "valid" ? <SetupForm token={token} /> : <SetupLinkNotice reason={found} />;
}

async function check(token: string): Promise<"valid" | "invalid" | "limited"> {
  try {
    const { valid } = await getQueryClient().fetchQuery(trpc.setup.checkLink.queryOptions({ token }));
    return valid ? "valid" : "invalid";
  } catch (error) {
    if (error instanceof TRPCError && error.code === "TOO_MANY_REQUESTS") return "limited";
    throw error;
  }
}
