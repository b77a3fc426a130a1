import type { Metadata } from "next";
import { AddClient } from "~/components/clients/add-client";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { listsAction } from "~/domain/may-list";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Add a client" };

export default async function Page() {
  if (!listsAction(await whoMay(), "manage-clients"))
    return <NotYours title="Add a client" needs="Machines are added by admins." />;
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
