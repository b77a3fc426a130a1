import type { Metadata } from "next";
import { AskResetForm } from "~/components/access/ask-reset-form";
import { AuthNotice } from "~/components/access/auth-notice";
import { getQueryClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Forgotten password" };

export default async function ForgotPasswordPage() {
  const { offered } = await getQueryClient().fetchQuery(trpc.passwordReset.state.queryOptions());
  if (offered) return <AskResetForm />;
  return (
    <AuthNotice title="No new password by mail" to="/sign-in" action="Back to sign-in">
      This server sends no links to a new password. Ask an admin: on the server itself,{" "}
      <code>bbs-admin reset-password</code> makes one.
    </AuthNotice>
  );
}
