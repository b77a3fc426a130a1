import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { AuthNotice } from "~/components/access/auth-notice";
import { NewPasswordForm } from "~/components/access/new-password-form";
import { getQueryClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default async function ResetPasswordPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  const link = typeof token === "string" ? await linkOf(token) : null;
  if (link === "limited")
    return (
      <AuthNotice title="Too many tries" to="/sign-in" action="Back to sign-in">
        Too many links were tried from your network. Wait an hour, then open the link of your mail again or
        ask for a new one.
      </AuthNotice>
    );
  if (link) return <NewPasswordForm token={link.token} email={link.email} />;
  return (
    <AuthNotice title="This link no longer works" to="/forgot-password" action="Ask for a new link">
      It was used, or more than an hour has passed since it was made.
    </AuthNotice>
  );
}

/** Null: the link does not work. */
async function linkOf(token: string): Promise<{ token: string; email: string } | "limited" | null> {
  if (token === "" || token.length > 200) return null;
  try {
    const link = await getQueryClient().fetchQuery(trpc.passwordReset.check.queryOptions({ token }));
    return link && { token, email: link.email };
  } catch (error) {
    if (error instanceof TRPCError && error.code === "TOO_MANY_REQUESTS") return "limited";
    throw error;
  }
}
