import type { Metadata } from "next";
import { CreateRepository } from "~/components/repositories/create-repository";
import { PageHeader } from "~/components/ui/page-header";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Make a repository" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<{ client?: string | string[] }>;
}) {
  const { client } = await searchParams;
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[{ label: "Repositories", href: "/repositories" }]}
        title="Make a repository"
        state="Where one client's archives lie. Encrypted with repokey-blake2; only this server and the running backup know its passphrase."
      />
      <CreateRepository startClientId={typeof client === "string" ? client : null} />
    </HydrateClient>
  );
}
