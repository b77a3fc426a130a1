import type { AlertSeverity, ChannelKind, ChannelSecret, ChannelSettings, DeliveryEvent } from "./alert";
import { SEVERITY_WORDS } from "./alert-words";

/** What a channel is told, before it takes the channel's form. */
export interface AlertMessage {
  event: DeliveryEvent;
  severity: AlertSeverity;
  title: string;
  say: string;
  /** Page of the console. */
  link: string;
  /** Null: a test. */
  alert: { id: string; kind: string; key: string; clientName: string | null; openedAt: string } | null;
  /** ISO 8601. */
  at: string;
}

/** An HTTP request; headers that need a secret of ours (the signature) are added by whoever sends it. */
export interface ChannelRequest {
  url: string;
  method: "GET" | "POST";
  headers: Record<string, string>;
  body: string | null;
}

/** Kinds that are an HTTP request; mail has a queue of its own. */
export type HttpChannelKind = Exclude<ChannelKind, "mail" | "push">;

/** Longest text that every receiver takes (Discord: 2000). */
const LONGEST = 1500;

/** Subject of a mail and first line of everything else: the gravest word first. */
export function headline(message: AlertMessage): string {
  switch (message.event) {
    case "escalated":
      return oneLine(`STILL OPEN, ${SEVERITY_WORDS[message.severity].toUpperCase()}: ${message.title}`);
    case "resolved":
      return oneLine(`Right again: ${message.title}`);
    case "test":
      return "Test of a channel of your backup server";
    default:
      return oneLine(`${SEVERITY_WORDS[message.severity]}: ${message.title}`);
  }
}

/** The text under the headline, plain. */
export function bodyText(message: AlertMessage): string {
  const lines = [
    message.say,
    message.event === "escalated" ? "Nobody has acknowledged it yet." : null,
    message.link,
  ];
  return cut(lines.filter((line) => line !== null && line !== "").join("\n\n"), LONGEST);
}

/** How each kind of channel wants to be told. A receiver is never sent markup that the text could break out of. */
export function channelRequest(
  kind: HttpChannelKind,
  channel: { secret: ChannelSecret; settings: ChannelSettings },
  message: AlertMessage,
): ChannelRequest {
  const { url, token } = channel.secret;
  const text = `${headline(message)}\n\n${bodyText(message)}`;
  switch (kind) {
    case "webhook":
      return json(url, { version: 1, ...message });
    case "ntfy":
      return {
        ...{ url, method: "POST", body: bodyText(message) },
        headers: {
          "content-type": "text/plain; charset=utf-8",
          // Header values are bytes; ntfy reads RFC 2047.
          title: encodedWord(headline(message)),
          priority: NTFY_PRIORITY[message.event === "resolved" ? "info" : message.severity],
          click: message.link,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
      };
    case "slack":
      return json(url, { text: slackText(text) });
    case "discord":
      return json(url, { content: discordText(text), allowed_mentions: { parse: [] } });
    case "teams":
      return json(url, teamsCard(message));
    case "telegram":
      return json(`${url.replace(/\/+$/, "")}/bot${token}/sendMessage`, {
        chat_id: channel.settings.chat,
        text,
        link_preview_options: { is_disabled: true },
        disable_notification: message.event === "resolved",
      });
    case "ping":
      return { url: pingUrl(url, message.event), method: "GET", headers: {}, body: null };
  }
}

/** `<address>/start` and `<address>/fail`; the address itself for what went well. A query stays behind the path. */
export function pingUrl(address: string, event: DeliveryEvent): string {
  const suffix = event === "start" ? "/start" : event === "fail" ? "/fail" : "";
  if (suffix === "") return address;
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${suffix}`;
  return url.href;
}

const NTFY_PRIORITY: Record<AlertSeverity, string> = { info: "2", warning: "3", serious: "4", critical: "5" };

function json(url: string, body: unknown): ChannelRequest {
  const headers = { "content-type": "application/json" };
  return { url, method: "POST", headers, body: JSON.stringify(body) };
}

/** https://api.slack.com/reference/surfaces/formatting#escaping: these three, and nothing can mention or link. */
const slackText = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Markdown of Discord, taken at its word. A link in angle brackets shows no preview. */
const discordText = (text: string) =>
  text
    .replace(/[\\*_~`|>#[\]]/g, "\\$&")
    .replace(/https?:\/\/\S+/g, (link) => `<${link.replaceAll("\\", "")}>`);

/** An adaptive card, as the "post to a channel when a webhook request is received" workflow takes it. */
function teamsCard(message: AlertMessage) {
  const content = {
    ...{
      type: "AdaptiveCard",
      $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
      version: "1.4",
    },
    body: [
      { type: "TextBlock", text: plainForCard(headline(message)), weight: "Bolder", wrap: true },
      { type: "TextBlock", text: plainForCard(message.say), wrap: true },
    ],
    actions: message.link ? [{ type: "Action.OpenUrl", title: "Open", url: message.link }] : [],
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

/** TextBlocks read a little Markdown. */
const plainForCard = (text: string) => text.replace(/[\\*_[\]`]/g, "\\$&");

function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  return `=?UTF-8?B?${btoa(bytes)}?=`;
}

const oneLine = (text: string) => cut(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " "), 200);

const cut = (text: string, longest: number) =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
