"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { toast } from "~/components/ui/toast";
import { deviceName } from "~/domain/device-name";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import type { PersonDetail } from "./people-api";

type SignIn = Api["people"]["sessions"][number];

const BY = { password: "by password", passkey: "by passkey", oidc: "by OpenID Connect" } as const;

/** Where this person is signed in, and the way to end that. */
export function PersonSessions({ person }: { person: PersonDetail }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.people.sessions.queryOptions({ userId: person.id }));
  return (
    <Section title="Signed in">
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => list.refetch()} />
      ) : !list.data ? (
        <Skeleton className="h-16 rounded-md" />
      ) : list.data.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">Nowhere at the moment.</p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {list.data.map((signIn) => (
            <Session key={signIn.id} signIn={signIn} userId={person.id} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Session({ signIn, userId }: { signIn: SignIn; userId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const end = useMutation(
    trpc.people.endSession.mutationOptions({
      onSuccess: () => toast.done("The sign-in is ended"),
      onError: (error) => toast.failed("The sign-in was not ended", problemOf(error).say),
      onSettled: () => queryClient.invalidateQueries(trpc.people.sessions.pathFilter()),
    }),
  );
  const device = deviceName(signIn.device);
  return (
    <li className="flex items-center justify-between gap-3 border-b px-4 py-2.5 last:border-b-0">
      <div className="grid min-w-0">
        <span className="truncate" title={signIn.device ?? undefined}>
          {device}
        </span>
        <span className="wrap-anywhere text-[0.8125rem] text-ink-soft">
          {signIn.address ?? "unknown address"}, {BY[signIn.by]}, seen <RelativeTime at={signIn.lastSeenAt} />
        </span>
      </div>
      <Button
        size="small"
        variant="danger"
        busy={end.isPending}
        aria-label={`End the sign-in on ${device}`}
        onClick={() => end.mutate({ userId, signInId: signIn.id })}
      >
        End
      </Button>
    </li>
  );
}
