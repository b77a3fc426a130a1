import { expect, it } from "vitest";
import { channelSecret, channelSettings } from "./alert";
import { type AlertMessage, bodyText, channelRequest, headline, pingUrl } from "./alert-messages";

const message: AlertMessage = {
  ...{ event: "opened", severity: "critical", title: "Schaden in web-01 / main", say: "2 Segmente: größer." },
  ...{ link: "https://backup.example.test/alerts/a1", alert: null, at: "2026-11-23T10:00:00.000Z" },
};
const channel = (url: string, token = "") => ({
  secret: channelSecret.parse({ url, token }),
  settings: channelSettings.parse({ chat: "-100" }),
});

it("says the gravest first, and that nobody has looked", () => {
  expect(headline(message)).toBe("Critical: Schaden in web-01 / main");
  expect(headline({ ...message, event: "escalated" })).toBe("STILL OPEN, CRITICAL: Schaden in web-01 / main");
  expect(headline({ ...message, event: "resolved" })).toBe("Right again: Schaden in web-01 / main");
  expect(bodyText({ ...message, event: "escalated" })).toContain("Nobody has acknowledged it yet.");
});

it("never lets a title break out of its line, nor a text be longer than every receiver takes", () => {
  const hostile = { ...message, title: "a\r\nBcc: eve@example.test\u2028b", say: "x".repeat(10_000) };
  expect(headline(hostile)).toBe("Critical: a Bcc: eve@example.test b");
  expect(bodyText(hostile).length).toBeLessThanOrEqual(1500);
});

it("writes headers in ASCII, as RFC 2047 has it", () => {
  const { headers } = channelRequest("ntfy", channel("https://ntfy.example.test/t"), {
    ...message,
    title: "größer",
  });
  expect(headers.title).toBe("=?UTF-8?B?Q3JpdGljYWw6IGdyw7bDn2Vy?=");
  expect(headers).toMatchObject({ priority: "5", click: message.link });
  expect(headers.authorization).toBeUndefined();
});

it("keeps the link whole where Markdown is escaped", () => {
  const link = "https://backup.example.test/alerts/a_b_c";
  const { body } = channelRequest("discord", channel("https://discord.example.test/x"), { ...message, link });
  expect(JSON.parse(body ?? "").content).toContain(`<${link}>`);
});

it.each([
  ["https://hc.example.test/uuid", "start", "https://hc.example.test/uuid/start"],
  ["https://hc.example.test/uuid/", "fail", "https://hc.example.test/uuid/fail"],
  ["https://hc.example.test/uuid?rid=1", "fail", "https://hc.example.test/uuid/fail?rid=1"],
  ["https://hc.example.test/uuid", "success", "https://hc.example.test/uuid"],
  ["https://hc.example.test/uuid", "alive", "https://hc.example.test/uuid"],
] as const)("%s is pinged for %s at %s", (address, event, expected) => {
  expect(pingUrl(address, event)).toBe(expected);
});

it.each(["ftp://example.test/", "https://user:pw@example.test/", "example.test", "javascript:alert(1)"])(
  "takes no address like %s",
  (url) => {
    expect(channelSecret.safeParse({ url }).success).toBe(false);
  },
);
