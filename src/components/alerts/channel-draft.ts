import type { AlertSeverity, ChannelKind } from "~/domain/alert";
import { CHANNEL_KIND_WORDS } from "~/domain/alert-words";
import type { Api } from "../system/api";

export type ChannelRow = Api["alertChannels"]["list"][number];

/** Kinds that can be set up, with what each asks for. */
export const KINDS: readonly {
  kind: Exclude<ChannelKind, "push">;
  address: string;
  hint: string;
  token: { label: string; hint: string } | null;
}[] = [
  { kind: "mail", address: "", hint: "", token: null },
  {
    kind: "webhook",
    address: "Address",
    hint: "Gets JSON by POST.",
    token: {
      label: "Secret",
      hint: "Signs each body: X-BBS-Signature: sha256=HMAC. Without one nothing is signed.",
    },
  },
  {
    kind: "ntfy",
    address: "Topic address",
    hint: "e.g. https://ntfy.sh/your-topic",
    token: { label: "Access token", hint: "Only if the topic wants one." },
  },
  {
    kind: "slack",
    address: "Webhook address",
    hint: "An incoming webhook of Slack or Mattermost.",
    token: null,
  },
  { kind: "discord", address: "Webhook address", hint: "From the channel's integrations.", token: null },
  {
    kind: "teams",
    address: "Webhook address",
    hint: "Of the workflow that posts to a channel when a webhook request is received.",
    token: null,
  },
  {
    kind: "telegram",
    address: "Server of the bots",
    hint: "https://api.telegram.org, or your own.",
    token: { label: "Bot token", hint: "As BotFather gave it." },
  },
  {
    kind: "ping",
    address: "Ping address",
    hint: "Of a plan: /start and /fail are added, success is the address itself. Without a plan: told while this server lives.",
    token: null,
  },
];

export const KIND_CHOICES = KINDS.map(({ kind }) => ({ value: kind, label: CHANNEL_KIND_WORDS[kind] }));

/** What stands in the form. */
export interface ChannelDraft {
  kind: Exclude<ChannelKind, "push">;
  name: string;
  /** One address a line or behind a comma. */
  to: string;
  chat: string;
  url: string;
  token: string;
  minSeverity: AlertSeverity;
  everyMinutes: number;
  planId: string | null;
  enabled: boolean;
}

export function draftOf(channel: ChannelRow | null): ChannelDraft {
  if (!channel || channel.kind === "push") {
    return {
      ...{ kind: "mail", name: "", to: "", chat: "", url: "", token: "", minSeverity: "warning" },
      ...{ everyMinutes: 5, planId: null, enabled: true },
    };
  }
  const { kind, name, settings, minSeverity, planId, enabled } = channel;
  return {
    ...{ kind, name, minSeverity, planId, enabled, url: "", token: "" },
    ...{ to: settings.to.join(", "), chat: settings.chat, everyMinutes: settings.everyMinutes },
  };
}

/** What is sent for a draft. An address that was left empty stays as it is stored; a token goes with a new address only if it was typed. */
export function inputOf(draft: ChannelDraft) {
  const { kind, name, chat, minSeverity, everyMinutes, planId, enabled } = draft;
  return {
    ...{ kind, name: name.trim(), chat: chat.trim(), minSeverity, everyMinutes, planId, enabled },
    to: kind === "mail" ? draft.to.split(/[\s,;]+/).filter((address) => address !== "") : [],
    ...(kind !== "mail" && draft.url.trim() !== "" ? { url: draft.url.trim() } : {}),
    ...(kind !== "mail" && draft.token.trim() !== "" ? { token: draft.token.trim() } : {}),
  };
}

/** Why it cannot be saved yet; null: it can. The server looks again. */
export function whyNotYet(draft: ChannelDraft, stored: ChannelRow | null): string | null {
  const { kind, to, chat, url, token } = inputOf(draft);
  if (draft.name.trim() === "") return "Give it a name.";
  if (kind === "mail") return to.length === 0 ? "Give at least one address." : null;
  if (!stored && url === undefined) return "Give the address.";
  if (url !== undefined && !/^https?:\/\/\S+$/.test(url))
    return "The address begins with https:// or http://.";
  if (kind === "telegram" && chat === "") return "Give the chat.";
  if (kind === "telegram" && !stored?.hasToken && token === undefined) return "Give the bot's token.";
  return null;
}
