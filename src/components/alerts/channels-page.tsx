"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { BellRing, Pencil, Plus, Trash2 } from "lucide-react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { EmptyState } from "~/components/ui/empty-state";
import { PageHeader } from "~/components/ui/page-header";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { toast } from "~/components/ui/toast";
import { CHANNEL_KIND_WORDS, SEVERITY_WORDS } from "~/domain/alert-words";
import { useTRPC } from "~/trpc/react";
import type { ChannelRow } from "./channel-draft";
import { ChannelForm } from "./channel-form";
import { ChannelState } from "./channel-state";
import { ChannelTest } from "./channel-test";
import { EscalateForm } from "./escalate-form";

/** Where alerts go, whether they get there, and when they are told once more. */
export function ChannelsPage() {
  const trpc = useTRPC();
  const { data: channels } = useSuspenseQuery(trpc.alertChannels.list.queryOptions());
  const add = (
    <ChannelForm
      channel={null}
      trigger={
        <Button variant="primary">
          <Plus aria-hidden />
          Add a channel
        </Button>
      }
    />
  );
  return (
    <>
      <PageHeader
        title="Alerts"
        state={
          channels.some((channel) => channel.enabled && channel.kind !== "ping")
            ? "Where alerts go. What goes well makes none."
            : "No channel is set up: the admins get a mail of what is serious or critical, if mail is."
        }
        actions={channels.length > 0 ? add : null}
      />
      <Section
        title="Channels"
        note={
          <>
            Everybody's. Each person turns on notifications of their own browsers on{" "}
            <TextLink inline href="/account">
              their account
            </TextLink>
            .
          </>
        }
      >
        {channels.length === 0 ? (
          <EmptyState icon={BellRing} title="Nobody is told yet" action={add}>
            Add where somebody looks at night: mail, a webhook, ntfy, Slack, Discord, Teams or Telegram. A
            ping tells a watching service that a plan's backups, or this server, are well.
          </EmptyState>
        ) : (
          <ul className="rounded-md border bg-panel">
            {channels.map((channel) => (
              <Channel key={channel.id} channel={channel} />
            ))}
          </ul>
        )}
      </Section>
      <EscalateForm />
    </>
  );
}

function Channel({ channel }: { channel: ChannelRow }) {
  return (
    <li className="grid gap-2 border-b px-4 py-3 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 flex-1 basis-64">
          <span className="flex flex-wrap items-center gap-2">
            <span className="truncate font-medium">{channel.name}</span>
            <ChannelState channel={channel} />
          </span>
          <span className="break-words text-[0.8125rem] text-ink-soft">{wordsOf(channel)}</span>
        </div>
        <div className="flex flex-wrap gap-2">
          <ChannelTest channel={channel} />
          <ChannelForm
            channel={channel}
            trigger={
              <Button size="small" aria-label={`Change ${channel.name}`}>
                <Pencil aria-hidden />
                Change
              </Button>
            }
          />
          <RemoveChannel channel={channel} />
        </div>
      </div>
      {channel.lastProblem ? (
        <p className="break-words text-[0.8125rem] text-fail">Last time: {channel.lastProblem}</p>
      ) : null}
    </li>
  );
}

function wordsOf(channel: ChannelRow): string {
  const { kind, settings } = channel;
  const where = kind === "mail" ? settings.to.join(", ") : settings.host;
  const what =
    kind !== "ping"
      ? `${SEVERITY_WORDS[channel.minSeverity].toLowerCase()}${channel.minSeverity === "critical" ? "" : " and graver"}`
      : channel.planName
        ? `backups of ${channel.planName}`
        : `that this server lives, every ${settings.everyMinutes} min`;
  return `${CHANNEL_KIND_WORDS[kind]} to ${where}: ${what}`;
}

function RemoveChannel({ channel }: { channel: ChannelRow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.alertChannels.remove.mutationOptions({
      onSuccess: () => {
        toast.done(`${channel.name} is removed`);
        return queryClient.invalidateQueries(trpc.alertChannels.pathFilter());
      },
      onError: (error) => toast.failed("The channel was not removed", problemOf(error).say),
    }),
  );
  return (
    <Dialog
      title={`Remove ${channel.name}?`}
      trigger={
        <Button size="small" variant="danger" aria-label={`Remove ${channel.name}`}>
          <Trash2 aria-hidden />
          Remove
        </Button>
      }
      footer={
        <Button variant="destroy" busy={remove.isPending} onClick={() => remove.mutate({ id: channel.id })}>
          Remove the channel
        </Button>
      }
    >
      <p>
        Its address is forgotten, and what was still to be sent through it is not sent. Alerts themselves stay
        as they are.
      </p>
    </Dialog>
  );
}
