import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { localPath } from "~/components/access/local-path";
import { PasskeySignIn } from "~/components/access/passkey-sign-in";
import { SignInForm } from "~/components/access/sign-in-form";
import { findPasskeyParty } from "~/server/access/passkey-party";
import { getQueryClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ to?: string | string[] }>;
}) {
  const queryClient = getQueryClient();
  const [{ needed }, { offered }] = await Promise.all([
    queryClient.fetchQuery(trpc.setup.state.queryOptions()),
    queryClient.fetchQuery(trpc.passwordReset.state.queryOptions()),
  ]);
  if (needed) redirect("/setup");
  const to = localPath((await searchParams).to);
  return (
    <>
      <SignInForm to={to} forgotten={offered} />
      {findPasskeyParty() ? <PasskeySignIn to={to} /> : null}
    </>
  );
}
