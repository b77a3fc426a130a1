/** Shows what the server tells this browser, and opens its page. It fetches, keeps and intercepts nothing. */
self.addEventListener("push", (event) => {
  const { title, path, tag, stays } = event.data.json();
  const note = { tag, data: path, requireInteraction: stays, renotify: true, icon: "/icon.svg" };
  event.waitUntil(self.registration.showNotification(title, note));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(new URL(event.notification.data, self.location.origin)));
});

/** In the tab that has it open, else in a new one: somebody may be typing in the others. Pages of this server only. */
async function show(page) {
  if (page.origin !== self.location.origin) return;
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = tabs.find(({ url }) => new URL(url).pathname === page.pathname);
  await (tab ? tab.focus() : self.clients.openWindow(page.href));
}
