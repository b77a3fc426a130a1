import type { Metadata } from "next";
import { ImportPage } from "~/components/repositories/import-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Import repositories" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return (
      <NotYours
        title="Import repositories"
        needs="What lies in an import folder is no client's yet, so admins take it in."
      />
    );
  prefetch(trpc.repositoryImports.list.queryOptions());
  return (
    <HydrateClient>
      <ImportPage />
    </HydrateClient>
  );
}
