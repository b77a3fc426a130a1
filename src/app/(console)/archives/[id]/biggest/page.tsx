import type { Metadata } from "next";
import { BiggestPage } from "~/components/archives/biggest-page";
import { HydrateClient } from "~/trpc/server";
import { type ArchiveProps, loadArchive } from "../load-archive";

export const metadata: Metadata = { title: "What is biggest" };

export default async function Page({ params }: ArchiveProps) {
  const { id } = await loadArchive(params);
  return (
    <HydrateClient>
      <BiggestPage id={id} />
    </HydrateClient>
  );
}
