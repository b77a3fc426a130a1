"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { ClientDetail } from "../system/api";
import { May } from "../system/may";
import { EnrolmentLine } from "./enrolment-line";

/** A client whose machine has not appeared: when its line dies, and a new line (the old one stops working at once). */
export function EnrolAgain({ client }: { client: ClientDetail }) {
  const trpc = useTRPC();
  const renew = useMutation(
    trpc.clients.newEnrolment.mutationOptions({
      onError: (error) => toast.failed("No new line was made", problemOf(error).say),
    }),
  );
  if (renew.data) return <EnrolmentLine enrolment={renew.data} clientName={client.name} />;
  return (
    <Notice
      tone="info"
      title={
        client.enrolment
          ? "The line was made, the machine has not appeared yet"
          : "The line to paste has expired"
      }
      action={
        <May action="manage-clients" client={client.id}>
          <Button
            variant={client.enrolment ? "secondary" : "primary"}
            busy={renew.isPending}
            onClick={() => renew.mutate({ id: client.id })}
          >
            Make a new line
          </Button>
        </May>
      }
    >
      {client.enrolment ? (
        <>
          It expires <RelativeTime at={client.enrolment.expiresAt} />. A line is shown only once: if it is
          lost, make a new one; the old one stops working.
        </>
      ) : (
        "Make a new one and paste it on the machine."
      )}
    </Notice>
  );
}
