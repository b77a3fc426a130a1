"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";

/** How often the state of a mail under way is asked for. */
const LOOK_MS = 1000;

/** Sends a mail with the saved settings and says what came of it, in the mail server's own words. */
export function TestMail() {
  const trpc = useTRPC();
  const me = useQuery(trpc.me.get.queryOptions()).data?.email ?? "";
  const [typed, setTyped] = useState<string | null>(null);
  const to = typed ?? me;
  const send = useMutation(trpc.mailSettings.sendTest.mutationOptions());
  const { data: mail, error } = useQuery(
    trpc.mailSettings.testState.queryOptions(
      { id: send.data?.id ?? "" },
      {
        enabled: send.data !== undefined,
        refetchInterval: (query) =>
          query.state.data && query.state.data.state !== "waiting" ? false : LOOK_MS,
      },
    ),
  );
  const waiting = send.isPending || (send.isSuccess && !error && (!mail || mail.state === "waiting"));
  return (
    <Section title="Try it" note="Sends a mail with what is saved, at once." boxed>
      <form
        className="grid max-w-xl gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate({ to: to.trim() });
        }}
      >
        <Field label="To" error={send.error ? problemOf(send.error).say : undefined}>
          <Input type="email" maxLength={200} value={to} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Button type="submit" className="justify-self-start" busy={waiting} disabled={to.trim() === ""}>
          Send a test mail
        </Button>
        <div role="status">
          {error ? (
            <Notice tone="fail" title="It is not known what came of it">
              {problemOf(error).say}
            </Notice>
          ) : waiting ? (
            <p className="text-ink-soft">On its way. The worker gives it to the mail server.</p>
          ) : mail?.state === "sent" ? (
            <Notice tone="ok" title="The mail server has taken it">
              Look whether it arrives at {mail.to}.
            </Notice>
          ) : mail?.state === "failed" ? (
            <Notice tone="fail" title="It was not sent">
              {mail.problem}
            </Notice>
          ) : null}
        </div>
      </form>
    </Section>
  );
}
