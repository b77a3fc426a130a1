"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleSlash } from "lucide-react";
import { useState } from "react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { useConfirmFirst } from "./confirm-first";
import { RemoveFactor } from "./remove-factor";
import { TotpSetUp } from "./totp-set-up";

/** One's own authenticator app: there is one per person. `lastOne`: no passkey stands beside it. */
export function TotpSection({
  addedAt,
  lastOne,
  onAdded,
}: {
  addedAt: Date | null;
  lastOne: boolean;
  onAdded: () => Promise<void>;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { run } = useConfirmFirst();
  const begin = useMutation(trpc.secondFactor.beginTotp.mutationOptions());
  const remove = useMutation(trpc.secondFactor.removeTotp.mutationOptions());
  const [begun, setBegun] = useState<{ secret: string; uri: string } | null>(null);
  const reload = () => queryClient.invalidateQueries(trpc.secondFactor.pathFilter());

  async function start() {
    try {
      setBegun(await run(() => begin.mutateAsync()));
    } catch (error) {
      toast.failed("The authenticator app was not added", problemOf(error).say);
    }
  }
  async function added() {
    setBegun(null);
    toast.done("The authenticator app is added", "You are asked for its code from the next sign-in on.");
    await Promise.all([reload(), onAdded()]);
  }

  return (
    <Section
      title="Authenticator app"
      note="Any app that makes six-digit codes (TOTP). Works everywhere, also on machines without passkeys."
      boxed
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        {addedAt ? (
          <span className="flex flex-wrap items-center gap-2">
            <Badge tone="ok">
              <CircleCheck aria-hidden />
              Set up
            </Badge>
            <RelativeTime at={addedAt} />
          </span>
        ) : (
          <Badge>
            <CircleSlash aria-hidden />
            Not set up
          </Badge>
        )}
        {addedAt ? (
          <RemoveFactor
            label="Remove"
            title="Remove the authenticator app?"
            lastOne={lastOne}
            remove={() => run(() => remove.mutateAsync())}
            onRemoved={reload}
          />
        ) : (
          <Button variant="primary" busy={begin.isPending} onClick={() => void start()}>
            Add an authenticator app
          </Button>
        )}
      </div>
      <Dialog
        title="Add an authenticator app"
        open={begun !== null}
        onOpenChange={(open) => (open ? null : setBegun(null))}
      >
        {begun ? <TotpSetUp begun={begun} onDone={added} /> : null}
      </Dialog>
    </Section>
  );
}
