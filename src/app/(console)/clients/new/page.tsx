import type { Metadata } from "next";
import { AddClient } from "~/components/clients/add-client";
import { PageHeader } from "~/components/ui/page-header";

export const metadata: Metadata = { title: "Add a client" };

export default function Page() {
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Clients", href: "/clients" }]}
        title="Add a client"
        state="Name the machine, then paste one line on it. Nothing has to be opened on its firewall: it calls us, never the other way round."
      />
      <AddClient />
    </>
  );
}
