import type { Metadata } from "next";
import { demandStep } from "~/app/step-path";
import { localPath } from "~/components/access/local-path";
import { SetUpFirstFactor } from "~/components/access/set-up-first-factor";

export const metadata: Metadata = { title: "Set up a second factor" };

export default async function Page({ searchParams }: { searchParams: Promise<{ to?: string | string[] }> }) {
  const to = localPath((await searchParams).to);
  const { passkeysPossible } = await demandStep("not-enrolled", to);
  return <SetUpFirstFactor passkeysPossible={passkeysPossible} to={to} />;
}
