import type { Page } from "@playwright/test";
import { expect, it, onTestFinished } from "vitest";
import type { PushSubscription } from "~/domain/push";
import { sendDueDelivery } from "~/server/alerts/send-due-delivery";
import type { Ctx } from "~/server/context";
import { saveSetting } from "~/server/settings/save-setting";
import { pushService } from "~tests/support/push-service";
import { startSeededConsole } from "~tests/support/seeded-console";
import { until } from "~tests/support/until";

/**
 * Everything but the vendor's push service, which no browser reaches without the network: what it would give out is handed to the page,
 * and what the server sends to it is decrypted and delivered to the service worker by the browser's own tools.
 */
it("tells a browser that its person has turned on, and no more after it was turned off", async () => {
  const ui = await startSeededConsole();
  onTestFinished(() => ui.stop());
  const { page } = ui;
  const worker = (): Ctx => ({ db: ui.pool.db, now: new Date(), actor: { kind: "worker" } });
  await saveSetting(worker(), { name: "outgoing", value: { allowed: ["127.0.0.1"] } });
  const service = await pushService();
  await givesOut(page, service.browser());
  await page.context().grantPermissions(["notifications"]);

  await ui.open("/account");
  const section = page.getByRole("region", { name: "Browser notifications" });
  await section.getByRole("combobox", { name: "Tell of" }).click();
  await page.getByRole("option", { name: "Warning and graver" }).click();
  await section.getByRole("button", { name: "Turn on in this browser" }).click();
  const row = section.getByRole("listitem").filter({ hasText: "This browser" });
  await row.getByText("Not used yet").waitFor();

  await row.getByRole("button", { name: /^Send a test to Chrome/ }).click();
  await until("it is sent", async () => (await sendDueDelivery(worker)) === "sent");
  await page
    .getByText(/took the test/)
    .first()
    .waitFor();
  await row.getByText(/^Sent/).waitFor();
  const [taken] = service.taken;
  const noted = await noting(page);
  await deliver(page, ui.url, JSON.stringify(taken?.note));
  await until("the note is shown", async () => (await noted.notes()).length === 1);
  expect(await noted.notes()).toMatchObject([
    { title: "Test of a channel of your backup server", tag: "test", data: "/alerts" },
  ]);
  await noted.click("/alerts/abc");
  await noted.click("https://elsewhere.example/");
  expect(await noted.opened()).toEqual([`${ui.url}/alerts/abc`]);

  await ui.open("/account");
  await row.getByRole("combobox", { name: /is told of$/ }).click();
  await page.getByRole("option", { name: "Critical" }).click();
  await until("it is changed", async () => {
    const [kept] = await ui.pool.sql`select min_severity from alert_channels where kind = 'push'`;
    return kept?.min_severity === "critical";
  });
  await row.getByRole("button", { name: /^Turn off/ }).click();
  await section.getByRole("button", { name: "Turn on in this browser" }).waitFor();
  expect(await ui.pool.sql`select id from alert_channels where kind = 'push'`).toHaveLength(0);
  expect(await page.evaluate(() => localStorage.getItem("given-out"))).toBeNull();
  // No script, worker or connection of a page broke its policy. Other suites may set up networks of this machine meanwhile.
  expect(ui.complaints.filter((one) => !one.includes("ERR_NETWORK_CHANGED"))).toEqual([]);
});

/** In place of the vendor's push service: the browser subscribes, and is asked on later pages, as it would be there. */
async function givesOut(page: Page, { endpoint, p256dh, auth }: PushSubscription): Promise<void> {
  await page.addInitScript(
    (given) => {
      const subscription = {
        endpoint: given.endpoint,
        toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }),
        unsubscribe: async () => {
          localStorage.removeItem("given-out");
          return true;
        },
      };
      Object.assign(PushManager.prototype, {
        async subscribe(options: { userVisibleOnly: boolean; applicationServerKey: string }) {
          if (!options.userVisibleOnly || !/^B[\w-]{86}$/.test(options.applicationServerKey))
            throw new Error("this is no way to subscribe");
          localStorage.setItem("given-out", "yes");
          return subscription;
        },
        getSubscription: async () => (localStorage.getItem("given-out") ? subscription : null),
      });
    },
    { endpoint, p256dh, auth },
  );
}

/** Gives the page's service worker a message, as the browser does when one has come from its push service. */
async function deliver(page: Page, origin: string, data: string): Promise<void> {
  const tools = await page.context().newCDPSession(page);
  const registered = new Promise<string>((found) => {
    tools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [own] = registrations.filter(({ scopeURL }) => new URL(scopeURL).origin === origin);
      if (own) found(own.registrationId);
    });
  });
  await tools.send("ServiceWorker.enable");
  await tools.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await registered, data });
  await tools.detach();
}

/** What the service worker has the system show and open: a browser without a screen shows no notes, and opens nothing without a finger. */
async function noting(page: Page) {
  const [worker] = page.context().serviceWorkers();
  if (!worker) throw new Error("no service worker runs");
  await worker.evaluate(() => {
    const kept: { notes: unknown[]; opened: string[] } = { notes: [], opened: [] };
    Object.assign(globalThis, { kept });
    Object.assign(ServiceWorkerRegistration.prototype, {
      showNotification: async (title: string, rest: object) => void kept.notes.push({ title, ...rest }),
    });
    Object.assign(Reflect.get(globalThis, "clients"), {
      openWindow: async (href: string) => void kept.opened.push(href),
    });
  });
  const read = (what: "notes" | "opened") =>
    worker.evaluate((key) => [...Reflect.get(Reflect.get(globalThis, "kept"), key)], what);
  return {
    notes: () => read("notes"),
    opened: () => read("opened"),
    /** As if a finger had touched a note that leads there. */
    click: (data: string) =>
      worker.evaluate(async (path) => {
        const work: Promise<unknown>[] = [];
        const touched = Object.assign(new Event("notificationclick"), {
          notification: { data: path, close: () => undefined },
          waitUntil: (one: Promise<unknown>) => void work.push(one),
        });
        globalThis.dispatchEvent(touched);
        await Promise.all(work);
      }, data),
  };
}
