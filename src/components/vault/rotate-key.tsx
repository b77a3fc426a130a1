"use client";

import { useMutation } from "@tanstack/react-query";
import { EnrolmentLine } from "~/components/clients/enrolment-line";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Incident } from "./vault-api";

/** A new SSH key for the client: it is enrolled again, and the old key is dead from that moment. */
export function RotateKey({ incident }: { incident: Pick<Incident, "clientId" | "clientName"> }) {
  const trpc = useTRPC();
  const renew = useMutation(
    trpc.clients.newEnrolment.mutationOptions({
      onError: (error) => toast.failed("No line was made", problemOf(error).say),
    }),
  );
  if (renew.data) return <EnrolmentLine enrolment={renew.data} clientName={incident.clientName} />;
  return (
    <Section title="Give the client a new key" boxed>
      <div className="grid justify-items-start gap-3">
        <p className="text-ink-soft">
          If somebody else may have {incident.clientName}'s key, enrol the machine again: one line, pasted on
          it as root. It makes a new key, and the old key is dead at once. Plans, repositories and archives
          stay.
        </p>
        <Button busy={renew.isPending} onClick={() => renew.mutate({ id: incident.clientId })}>
          Make the line
        </Button>
      </div>
    </Section>
  );
}
