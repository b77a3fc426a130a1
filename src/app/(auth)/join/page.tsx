import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { AuthNotice } from "~/components/access/auth-notice";
import { JoinForm } from "~/components/access/join-form";
import { getQueryClient, trpc } from "~/trpc/server";

/** The address holds the link's token: it must not leave with a click on another page. */
export const metadata: Metadata = { title: "Join", referrer: "no-referrer" };

export default async function JoinPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  const invitation = typeof token === "string" ? await find(token) : null;
  if (typeof token === "string" && invitation?.works) return <JoinForm token={token} {...invitation.to} />;
  return (
    <AuthNotice title="This invitation does not work" to="/sign-in" action="Sign in">
      {invitation?.say ?? "Open the whole link that you were sent. An admin can send you a new one."}
    </AuthNotice>
  );
}

/** For whom the link is; else why it does not work, in words. */
async function find(token: string) {
  try {
    const { email, name } = await getQueryClient().fetchQuery(trpc.join.check.queryOptions({ token }));
    return { works: true, to: { email, name } } as const;
  } catch (error) {
    if (!(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR") throw error;
    return { works: false, say: error.code === "BAD_REQUEST" ? null : error.message } as const;
  }
}
