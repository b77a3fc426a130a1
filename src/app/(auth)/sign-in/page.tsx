import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { localPath } from "~/components/access/local-path";
import { oidcProblem } from "~/components/access/oidc-problem";
import { OidcSignIn } from "~/components/access/oidc-sign-in";
import { PasskeySignIn } from "~/components/access/passkey-sign-in";
import { SignInForm } from "~/components/access/sign-in-form";
import { Notice } from "~/components/ui/notice";
import { findPasskeyParty } from "~/server/access/passkey-party";
import { getQueryClient, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ to?: string | string[]; error?: string | string[] }>;
}) {
  const queryClient = getQueryClient();
  const [{ needed }, { offered }, { local, oidc }] = await Promise.all([
    queryClient.fetchQuery(trpc.setup.state.queryOptions()),
    queryClient.fetchQuery(trpc.passwordReset.state.queryOptions()),
    queryClient.fetchQuery(trpc.signInSettings.ways.queryOptions()),
  ]);
  if (needed) redirect("/setup");
  const given = await searchParams;
  const to = localPath(given.to);
  const problem = oidcProblem(given.error);
  return (
    <>
      {problem ? (
        <div role="alert">
          <Notice tone="fail" title="Not signed in">
            {problem}
          </Notice>
        </div>
      ) : null}
      {local ? (
        <SignInForm to={to} forgotten={offered} />
      ) : (
        <h1 className="font-semibold text-lg">Sign in</h1>
      )}
      {local && findPasskeyParty() ? <PasskeySignIn to={to} /> : null}
      {oidc ? <OidcSignIn label={oidc.label} to={to} alone={!local} /> : null}
    </>
  );
}
