// Shows what the server told this browser, and opens the page it is about. Nothing else: no cache, no fetch.
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data ? event.data.json() : {};
  } catch {
    // What is not ours is shown as a bare notice: a browser demands that every push shows something.
  }
  event.waitUntil(self.registration.showNotification(told.title || "…", {
    body: told.body || "",
    tag: told.tag || "notice",
    data: {url: told.url || "/notices/"},
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url || "/notices/", self.location.origin);
  const url = wanted.origin === self.location.origin ? wanted.href : "/notices/";
  event.waitUntil(clients.matchAll({type: "window"}).then(async (open) => {
    for (const one of open) {
      if (new URL(one.url).origin !== self.location.origin || !("navigate" in one)) continue;
      await one.focus();
      return one.navigate(url);
    }
    return clients.openWindow(url);
  }));
});
