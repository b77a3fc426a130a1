"use client";

import { useQuery } from "@tanstack/react-query";
import { Download, Printer } from "lucide-react";
import { Button } from "~/components/ui/button";
import { Bytes } from "~/components/ui/bytes";
import { ErrorState } from "~/components/ui/error-state";
import { ExactTime } from "~/components/ui/exact-time";
import { KeyValue } from "~/components/ui/key-value";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { sayCertificate } from "~/domain/certificate-words";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { CertificateFiles } from "./certificate-files";
import { OutcomeBadge } from "./outcome-badge";

type Detail = Api["reports"]["certificate"];

/** One certificate: what it proves, of what, and the file itself. Also a page to print. */
export function CertificatePage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.reports.certificate.queryOptions({ id }));
  if (query.isPending) return <SkeletonRows rows={8} />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const { certificate, signature } = query.data.document;
  const [what, ...more] = sayCertificate(certificate);
  return (
    <div data-paper className="grid gap-6 print:absolute print:inset-x-0 print:top-0 print:gap-4">
      <PageHeader
        crumbs={[{ label: "Reports", href: "/reports" }]}
        title={`Restore drill of ${certificate.client.name}`}
        badge={<OutcomeBadge outcome={certificate.outcome} />}
        state={what}
        actions={
          <span className="flex flex-wrap gap-2 print:hidden">
            <Button variant="primary" onClick={() => download(query.data)}>
              <Download aria-hidden />
              Download the certificate
            </Button>
            <Button onClick={() => window.print()}>
              <Printer aria-hidden />
              Print
            </Button>
          </span>
        }
      />
      <div className="grid max-w-prose gap-2">
        {more.map((sentence) => (
          <p key={sentence} className="break-words">
            {sentence}
          </p>
        ))}
      </div>
      <CertificateFiles certificate={certificate} />
      <Section title="What stands in it" boxed>
        <Facts detail={query.data} />
      </Section>
      <Section
        title="Signature"
        note="Over every word of the file. Anybody can check it without this server: bbs certificate verify."
        boxed
      >
        <KeyValue
          items={[
            ["Public key", <Mono key="key" text={signature.publicKey} />],
            ["Signature", <Mono key="value" text={signature.value} />],
          ]}
        />
      </Section>
    </div>
  );
}

function Facts({ detail }: { detail: Detail }) {
  const { archive, client, drill, everything, id, plan, repository, restored, sample, server } =
    detail.document.certificate;
  return (
    <KeyValue
      items={[
        ["Certificate", <Mono key="id" text={id} />],
        ["Server", `${server.address} (${server.version})`],
        [
          "Client",
          <TextLink key="client" href={`/clients/${client.id}`}>
            {client.name}
          </TextLink>,
        ],
        ["Plan", plan?.name ?? "none of this server"],
        ["Repository", repository.name],
        ["Archive", archive.name],
        ["borg's id of it", <Mono key="archive" text={archive.id} />],
        ["Seen committed", <ExactTime key="committed" at={new Date(archive.committedAt)} />],
        ["Drilled", <ExactTime key="drilled" at={new Date(drill.startedAt)} />],
        [
          "Onto",
          drill.onto === "storage-node" ? (
            "the storage node; nothing was kept"
          ) : (
            <span key="onto">
              <TextLink inline href={`/clients/${drill.onto.client.id}`}>
                {drill.onto.client.name}
              </TextLink>
              , over the network and onto its disk; removed again
            </span>
          ),
        ],
        ["borg", drill.borgVersion],
        ["Seed of the drill", <Mono key="seed" text={drill.seed} />],
        ...(sample
          ? ([
              ["Seed of the sample", <Mono key="sample" text={sample.seed} />],
              [
                "Hashes",
                `${sample.algorithm}, ${formatCount(sample.hashedFiles)} files hashed by the machine`,
              ],
              ["Salt", <Mono key="salt" text={sample.salt} />],
            ] as const)
          : []),
        ...(everything
          ? ([
              ["Digest of the list of all files", <Mono key="digest" text={everything.listDigest} />],
            ] as const)
          : []),
        [
          "Came out",
          <span key="restored">
            {formatCount(restored.files)} {restored.files === 1 ? "file" : "files"},{" "}
            <Bytes value={restored.bytes} />
          </span>,
        ],
      ]}
    />
  );
}

function Mono({ text }: { text: string }) {
  return <code className="wrap-anywhere font-mono text-[0.8125rem]">{text}</code>;
}

function download({ file, document: { certificate } }: Detail): void {
  const address = URL.createObjectURL(new Blob([file], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `restore-drill-${certificate.id}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
