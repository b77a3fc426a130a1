import type { Metadata } from "next";
import { CreateRepository } from "~/components/repositories/create-repository";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Make a repository" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<{ client?: string | string[] }>;
}) {
  if (!listsAction(await whoMay(), "manage-repositories"))
    return (
      <NotYours
        title="Make a repository"
        needs="It takes the permission to manage repositories of a machine."
      />
    );
  const { client } = await searchParams;
  prefetch(trpc.clients.list.queryOptions({ limit: 200 }));
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[{ label: "Repositories", href: "/repositories" }]}
        title="Make a repository"
        state="Where one client's archives lie. Only this server and the running backup know its passphrase."
      />
      <CreateRepository startClientId={typeof client === "string" ? client : null} />
    </HydrateClient>
  );
}
