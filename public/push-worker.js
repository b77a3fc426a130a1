/** Shows what the server tells this browser, and opens its page. It fetches, keeps and intercepts nothing. */
self.addEventListener("push", (event) => {
  const { title, path, tag, stays } = event.data.json();
  const note = { tag, data: path, requireInteraction: stays, renotify: true, icon: "/icon.svg" };
  event.waitUntil(self.registration.showNotification(title, note));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data, self.location.origin)));
});

/** In a tab that is open already, if there is one. Pages of this server only. */
async function open(page) {
  if (page.origin !== self.location.origin) return;
  const [tab] = await self.clients.matchAll({ type: "window" });
  const shown = await tab?.navigate(page.href).catch(() => null);
  await (shown ? shown.focus() : self.clients.openWindow(page.href));
}
