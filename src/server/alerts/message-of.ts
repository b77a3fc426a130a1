import type { AlertSeverity, DeliveryEvent } from "~/domain/alert";
import { type AlertMessage, bodyText, headline } from "~/domain/alert-messages";
import { env } from "~/env";
import type { alerts } from "../db/schema/alerts";

/** What is said about an alert, or about none (a test). Subject and text are its plain form, for mail. */
export function messageOf(
  event: DeliveryEvent,
  alert: (typeof alerts.$inferSelect & { clientName?: string | null }) | null,
  now: Date,
): { message: AlertMessage; subject: string; text: string } {
  const { appUrl } = env();
  const severity: AlertSeverity = alert?.severity ?? "info";
  const message: AlertMessage = alert
    ? {
        ...{ event, severity, title: alert.title, say: alert.say, at: now.toISOString() },
        link: `${appUrl}/alerts/${alert.id}`,
        alert: {
          ...{ id: alert.id, kind: alert.kind, key: alert.key, clientName: alert.clientName ?? null },
          openedAt: alert.openedAt.toISOString(),
        },
      }
    : {
        ...{ event, severity, title: "Test", at: now.toISOString(), link: `${appUrl}/alerts`, alert: null },
        say: "If you read this, alerts of your backup server reach this channel.",
      };
  return { message, subject: headline(message), text: bodyText(message) };
}
