// Shows alerts that are pushed while no page is open.
"use strict";
importScripts("static/subscribe.js");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(clicked(event)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(changed(event)));

// webPage returns a URL that is a page on the web, "" for any other.
function webPage(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol) ? url : "";
  } catch {
    return "";
  }
}

// Browsers insist on a notification for each push, so that one that cannot be
// read shows at least that there was one.
async function show(data) {
  let said = {};
  try {
    said = data.json();
  } catch {}
  const buttons = (said.buttons ?? []).filter((b) => webPage(b.url));
  await self.registration.showNotification(said.title ?? "sainyuka", {
    body: said.body ?? "",
    tag: said.tag ?? "sainyuka",
    renotify: said.ring ?? false,
    silent: !said.ring,
    timestamp: said.at ?? Date.now(),
    icon: new URL("static/icon-192.png", base).href,
    badge: new URL("static/badge-96.png", base).href,
    image: webPage(said.image) || undefined,
    actions: buttons.map((b) => ({ action: b.kind, title: b.label })),
    data: { url: webPage(said.url), buttons },
  });
}

// A tap opens the shop's page and nothing in between. A button posts: nothing
// happens by opening a page.
async function clicked(event) {
  const { url, buttons = [] } = event.notification.data ?? {};
  event.notification.close();
  const button = buttons.find((b) => b.kind === event.action);
  if (button) {
    await fetch(button.url, { method: "POST" });
  } else if (webPage(url)) {
    await self.clients.openWindow(url);
  }
}

// The push service has dropped this browser: it subscribes anew. Where that needs
// a password that the browser has not at hand, the next visit of the page does it.
async function changed(event) {
  const known = await recall();
  if (known.channels.length === 0) return;
  const { key } = await api("GET", "/subscriptions");
  const subscription = event.newSubscription ??
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }));
  await move(known, subscription);
}
