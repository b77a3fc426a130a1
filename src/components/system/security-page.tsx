"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { KeyValue } from "~/components/ui/key-value";
import { Notice } from "~/components/ui/notice";
import { useNow } from "~/components/ui/now";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import type { Api } from "./api";
import { BorgVersion } from "./borg-version";
import { ForcedCommand } from "./forced-command";
import { ProtectionList } from "./protection-list";

type Status = Api["system"]["status"];

/** The worker measures every 30 seconds; this long without a word and it is said to be silent. */
const SILENT_MS = 120_000;

const TLS: Record<Status["tls"], string> = {
  "self-signed": "our own certificate; agents pin its fingerprint when they enrol",
  given: "the certificate given by TLS_CERT",
  proxy: "ended by a proxy in front of this server",
  none: "none: plain http, usable on this machine only",
};

/** What protects the backups on this server, what is missing, and the exact line that holds each client. */
export function SecurityPage() {
  const trpc = useTRPC();
  const { data: status } = useSuspenseQuery(trpc.system.status.queryOptions());
  const off = status.protections.filter((protection) => !protection.on).length;
  return (
    <>
      <PageHeader
        title="Security"
        state={<span className="text-base text-ink">{sentence(status, off)}</span>}
        actions={
          <ButtonLink href="/security/attack-lab">
            <FlaskConical aria-hidden />
            Attack lab
          </ButtonLink>
        }
      />
      <WorkerNotice seenAt={status.workerSeenAt} />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <Section title="Protections of the storage node">
          <ProtectionList protections={status.protections} />
        </Section>
        <div className="grid min-w-0 gap-6">
          <ForcedCommand forcedCommand={status.forcedCommand} />
          <Section title="This server" boxed>
            <KeyValue
              items={[
                ["Version", status.version],
                [
                  "borg",
                  <BorgVersion
                    key="borg"
                    version={status.borgVersion}
                    known={status.workerSeenAt !== null}
                  />,
                ],
                [
                  "Console",
                  <code key="url" className="break-all font-mono">
                    {status.appUrl}
                  </code>,
                ],
                ["TLS", TLS[status.tls]],
                [
                  "sshd",
                  <code
                    key="ssh"
                    className="break-all font-mono"
                  >{`${status.ssh.host}:${status.ssh.port}`}</code>,
                ],
                ["sshd takes", "public keys only: no password, terminal, forwarding or sftp"],
                [
                  "Keeper",
                  status.root === null
                    ? "has not reported yet"
                    : status.root
                      ? "root, one account per client"
                      : "not root, one account for all clients",
                ],
                ["Measured", <RelativeTime key="at" at={status.workerSeenAt} />],
              ]}
            />
          </Section>
        </div>
      </div>
    </>
  );
}

function sentence(status: Status, off: number): string {
  if (status.workerSeenAt === null) return "The storage node has not reported yet.";
  if (off === 0) return `All ${status.protections.length} protections of the storage node are on.`;
  return `${off} of ${status.protections.length} protections of the storage node ${off === 1 ? "is" : "are"} off.`;
}

function WorkerNotice({ seenAt }: { seenAt: Date | null }) {
  const { now } = useNow();
  if (!seenAt || now.getTime() - seenAt.getTime() < SILENT_MS) return null;
  return (
    <Notice tone="warn" title="The worker is silent">
      It last reported <RelativeTime at={seenAt} />; what stands here may no longer be true. Look at the
      server's log.
    </Notice>
  );
}
