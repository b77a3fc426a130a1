import type { Metadata } from "next";
import { demandStep } from "~/app/step-path";
import { localPath } from "~/components/access/local-path";
import { PendingCard } from "~/components/access/pending-card";

export const metadata: Metadata = { title: "Waiting for an admin" };

export default async function Page({ searchParams }: { searchParams: Promise<{ to?: string | string[] }> }) {
  const to = localPath((await searchParams).to);
  return <PendingCard email={(await demandStep("pending", to)).email} />;
}
