"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { deviceName } from "~/domain/device-name";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

type SignIn = Api["account"]["sessions"][number];

const BY = { password: "by password", passkey: "by passkey", oidc: "by OpenID Connect" } as const;

/** Where one is signed in, this device first, and the way to end that. */
export function AccountSessions() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: signIns } = useSuspenseQuery(trpc.account.sessions.queryOptions());
  const endOthers = useMutation(
    trpc.account.endOtherSessions.mutationOptions({
      onSuccess: ({ ended }) =>
        toast.done(ended === 1 ? "One other sign-in is ended" : `${ended} other sign-ins are ended`),
      onError: (error) => toast.failed("They were not ended", problemOf(error).say),
      onSettled: () => queryClient.invalidateQueries(trpc.account.sessions.pathFilter()),
    }),
  );
  const sorted = [...signIns].sort((a, b) => Number(b.isThis) - Number(a.isThis));
  return (
    <Section
      title="Where you are signed in"
      note="End what you do not know, then change your password."
      action={
        signIns.some((one) => !one.isThis) ? (
          <Button size="small" variant="danger" busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End all others
          </Button>
        ) : null
      }
    >
      <ul className="rounded-md border bg-panel" aria-label="Sign-ins">
        {sorted.map((signIn) => (
          <Session key={signIn.id} signIn={signIn} />
        ))}
      </ul>
    </Section>
  );
}

function Session({ signIn }: { signIn: SignIn }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const end = useMutation(
    trpc.account.endSession.mutationOptions({
      onSuccess: () => toast.done("The sign-in is ended"),
      onError: (error) => toast.failed("The sign-in was not ended", problemOf(error).say),
      onSettled: () => queryClient.invalidateQueries(trpc.account.sessions.pathFilter()),
    }),
  );
  const device = deviceName(signIn.device);
  return (
    <li className="flex items-center justify-between gap-3 border-b px-4 py-2.5 last:border-b-0">
      <div className="grid min-w-0">
        <span className="flex flex-wrap items-center gap-2" title={signIn.device ?? undefined}>
          {device}
          {signIn.isThis ? <Badge tone="ok">This device</Badge> : null}
        </span>
        <span className="wrap-anywhere text-[0.8125rem] text-ink-soft">
          {signIn.address ?? "unknown address"}, {BY[signIn.by]}, since <RelativeTime at={signIn.createdAt} />
          , seen <RelativeTime at={signIn.lastSeenAt} />
        </span>
      </div>
      {signIn.isThis ? null : (
        <Button
          size="small"
          variant="danger"
          busy={end.isPending}
          aria-label={`End the sign-in on ${device}`}
          onClick={() => end.mutate({ id: signIn.id })}
        >
          End
        </Button>
      )}
    </li>
  );
}
