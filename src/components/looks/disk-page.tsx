"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { parentOf } from "~/domain/archive-path";
import { useTRPC } from "~/trpc/react";
import { useBackspace } from "../archives/use-backspace";
import { useFolderPath } from "../archives/use-folder";
import { NotYours } from "../system/not-yours";
import { useMay } from "../system/use-may";
import { DiskWalker } from "./disk-walker";
import { NoLookNote } from "./no-look-note";
import { whyNoLook } from "./why-no-look";

/** The files of a machine as they are now, through its agent. The open folder stands in the address. */
export function DiskPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: client } = useSuspenseQuery(trpc.clients.get.queryOptions({ id }));
  const may = useMay("browse-live-disk", id);
  const { path, open } = useFolderPath();
  useBackspace(() => {
    if (path !== "") open(parentOf(path));
  });
  const why = whyNoLook(client);
  if (!may) {
    return (
      <NotYours title="Live disk" needs="Looking at a machine's live disk is a permission of its own." />
    );
  }
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Clients", href: "/clients" },
          { label: client.name, href: `/clients/${id}` },
        ]}
        title="Live disk"
        state="Names, sizes and dates as they are now, asked of the machine itself. What files hold is not shown, and who looks stands in the journal."
      />
      {why ? (
        <NoLookNote why={why} />
      ) : (
        <Section title="Files">
          <DiskWalker client={client} path={path} open={open} />
        </Section>
      )}
    </>
  );
}
