"use client";

import type { ReactNode } from "react";
import { Bytes } from "~/components/ui/bytes";
import { CopyLine } from "~/components/ui/copy-line";
import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { isReadableByAll } from "~/domain/repository";
import type { Api } from "../system/api";
import { May } from "../system/may";
import { useMay, useMayAdminister } from "../system/use-may";
import { EditQuotas } from "./edit-quotas";
import { QuotaBar } from "./quota-bar";
import { RecoverySheet } from "./recovery-sheet";
import { RepositoryRoom } from "./repository-room";
import { RevealPassphrase } from "./reveal-passphrase";

/** Only where there is something to tell: the main location is where everything usually lies. */
const locationFact = (location: string): [string, string] => ["Storage location", location];

const roomFact = (id: string): [string, ReactNode] => [
  "Room where it lies",
  <RepositoryRoom key="room" id={id} />,
];

/** Size, quota, encryption, borg's own id, and the address borg uses. */
export function RepositoryFacts({ repository }: { repository: Api["repositories"]["get"] }) {
  const mayReveal = useMay("reveal-secrets", repository.clientId);
  const seesRoom = useMayAdminister();
  return (
    <Section title="Facts" boxed>
      <div className="grid gap-4">
        <KeyValue
          items={[
            [
              "Size on disk",
              repository.sizeBytes === null ? (
                "not measured yet"
              ) : (
                <span key="size">
                  <Bytes value={repository.sizeBytes} />{" "}
                  <span className="text-ink-soft">
                    measured <RelativeTime at={repository.sizedAt} />
                  </span>
                </span>
              ),
            ],
            [
              "Quota",
              <div key="quota" className="flex flex-wrap items-center gap-2">
                <QuotaBar sizeBytes={repository.sizeBytes} quotaBytes={repository.quotaBytes} />
                {repository.softQuotaBytes === null ? null : (
                  <span className="text-[0.8125rem] text-ink-soft">
                    alert above <Bytes value={repository.softQuotaBytes} />
                  </span>
                )}
                {repository.state === "ready" && repository.deleteAfter === null ? (
                  <May action="manage-repositories" client={repository.clientId}>
                    <EditQuotas repository={repository} />
                  </May>
                ) : null}
              </div>,
            ],
            [
              "Encryption",
              isReadableByAll(repository.encryption) ? (
                <span key="encryption" className="text-warn">
                  {repository.encryption}: readable for whoever has the files
                </span>
              ) : (
                repository.encryption
              ),
            ],
            [
              "Passphrase",
              <span key="passphrase" className="flex flex-wrap items-center gap-2">
                kept encrypted
                {mayReveal ? (
                  <>
                    <RevealPassphrase repository={repository} />
                    <RecoverySheet repository={repository} />
                  </>
                ) : null}
              </span>,
            ],
            [
              "borg's id",
              repository.borgId ? (
                <code key="id" className="break-all font-mono text-[0.8125rem]">
                  {repository.borgId}
                </code>
              ) : (
                "none yet"
              ),
            ],
            ...(seesRoom ? [roomFact(repository.id)] : []),
            ...(repository.location === "main" ? [] : [locationFact(repository.location)]),
            ["Made", <RelativeTime key="made" at={repository.createdAt} />],
          ]}
        />
        <div className="grid gap-1.5">
          <p className="text-ink-soft">Address, as the client's borg uses it</p>
          <CopyLine text={repository.url} />
        </div>
      </div>
    </Section>
  );
}
