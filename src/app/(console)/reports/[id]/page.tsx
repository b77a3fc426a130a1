import type { Metadata } from "next";
import { CertificatePage } from "~/components/reports/certificate-page";
import { getQueryClient, HydrateClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { certificate } = (await loadCertificate(params)).document;
  return { title: `Restore drill of ${certificate.client.name}` };
}

export default async function Page({ params }: Props) {
  const { document } = await loadCertificate(params);
  return (
    <HydrateClient>
      <CertificatePage id={document.certificate.id} />
    </HydrateClient>
  );
}

async function loadCertificate(params: Props["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.reports.certificate.queryOptions({ id })));
}
