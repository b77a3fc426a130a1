"use client";

import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import type { Api } from "./api";
import { BorgVersion } from "./borg-version";

type Status = Api["system"]["status"];

const TLS: Record<Status["tls"], string> = {
  "self-signed": "our own certificate; agents pin its fingerprint when they enrol",
  given: "the certificate given by TLS_CERT",
  proxy: "ended by a proxy in front of this server",
  none: "none: plain http, usable on this machine only",
};

/** What this server is: versions, addresses, and as whom its keeper runs. */
export function ServerFacts({ status }: { status: Status }) {
  return (
    <Section title="This server" boxed>
      <KeyValue
        items={[
          ["Version", status.version],
          [
            "borg",
            <BorgVersion key="borg" version={status.borgVersion} known={status.workerSeenAt !== null} />,
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
            <code key="ssh" className="break-all font-mono">{`${status.ssh.host}:${status.ssh.port}`}</code>,
          ],
          ["sshd takes", "public keys only: no password, terminal, forwarding or sftp"],
          ["Keeper", keeperWords(status.root)],
          ["Measured", <RelativeTime key="at" at={status.workerSeenAt} />],
        ]}
      />
    </Section>
  );
}

function keeperWords(root: boolean | null): string {
  if (root === null) return "has not reported yet";
  return root ? "root, one account per client" : "not root, one account for all clients";
}
