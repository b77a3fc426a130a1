import type { Metadata } from "next";
import { demandStep } from "~/app/step-path";
import { localPath } from "~/components/access/local-path";
import { SecondFactorForm } from "~/components/access/second-factor-form";

export const metadata: Metadata = { title: "Second factor" };

export default async function Page({ searchParams }: { searchParams: Promise<{ to?: string | string[] }> }) {
  const to = localPath((await searchParams).to);
  return <SecondFactorForm state={await demandStep("second-factor-missing", to)} to={to} />;
}
