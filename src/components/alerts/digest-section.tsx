"use client";

import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { useNow } from "~/components/ui/now";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { Select } from "~/components/ui/select";
import { SkeletonRows } from "~/components/ui/skeleton";
import { toast } from "~/components/ui/toast";
import type { DigestChoice } from "~/domain/digest";
import { useTRPC } from "~/trpc/react";

type Every = DigestChoice["every"];
const EVERY: { value: Every | "never"; label: string }[] = [
  { value: "never", label: "Never" },
  { value: "day", label: "Every day on which something is wrong" },
  { value: "week", label: "Every Monday" },
];
const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, "0")}:00`,
}));

/** One's own summary by mail: when it comes, and what it would say now. */
export function DigestSection() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useSuspenseQuery(trpc.digests.get.queryOptions());
  const { zone } = useNow();
  const [typed, setTyped] = useState<{ every: Every | "never"; hour: number } | null>(null);
  // Null until the browser has told it.
  const ownZone = data.choice?.zone ?? zone ?? "UTC";
  const [shown, setShown] = useState(false);
  const { every, hour } = typed ?? { every: data.choice?.every ?? "never", hour: data.choice?.hour ?? 7 };
  const save = useMutation(
    trpc.digests.save.mutationOptions({
      onSuccess: () => {
        setTyped(null);
        toast.done(every === "never" ? "No digest is sent any more" : "The digest is saved");
        return queryClient.invalidateQueries(trpc.digests.get.pathFilter());
      },
      onError: (error) => toast.failed("The digest was not saved", problemOf(error).say),
    }),
  );
  return (
    <Section
      title="Digest"
      note={
        data.mailIsSet
          ? "A short mail about the backups that you may see. Alerts do not wait for it."
          : "No mail leaves this server yet, so none is sent. An admin sets that up."
      }
      boxed
    >
      <form
        className="grid max-w-xl gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            choice: every === "never" ? null : { every, hour, zone: ownZone },
          });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem]">
          <Field label="How often">
            <Select choices={EVERY} value={every} onChange={(next) => setTyped({ every: next, hour })} />
          </Field>
          {every === "never" ? null : (
            <Field label="At" hint={ownZone}>
              <Select
                choices={HOURS}
                value={String(hour)}
                onChange={(next) => setTyped({ every, hour: Number(next) })}
              />
            </Field>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" variant="primary" busy={save.isPending} disabled={typed === null}>
            Save
          </Button>
          <Button onClick={() => setShown((before) => !before)} aria-expanded={shown}>
            {shown ? "Hide the preview" : "Preview"}
          </Button>
          {data.nextAt && typed === null ? (
            <span className="text-ink-soft">
              The next one <RelativeTime at={data.nextAt} />
            </span>
          ) : null}
        </div>
      </form>
      {shown ? <Preview every={every === "never" ? "week" : every} /> : null}
    </Section>
  );
}

function Preview({ every }: { every: Every }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.digests.preview.queryOptions({ every }));
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={3} />;
  return (
    <section aria-label="Preview" className="mt-4 grid gap-2 rounded-md border bg-sunken p-4">
      <p className="font-medium">{data.subject}</p>
      <p className="whitespace-pre-wrap break-words font-mono text-[0.8125rem]">{data.text}</p>
      {data.isSent ? null : (
        <p className="text-ink-soft">It says nothing that you should know, so it would not be sent today.</p>
      )}
    </section>
  );
}
