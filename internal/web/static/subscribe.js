// What the page and the service worker both need to know of subscriptions.
"use strict";

// base is where the dashboard is, which a proxy may have put below another path.
const base = new URL(self.document ? "../" : "./", self.document ? document.currentScript.src : self.location.href);

// api asks our own server and returns its answer, null when that has no body.
async function api(method, path, body) {
  const answer = await fetch(new URL("api/v1" + path, base), {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  const said = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(said?.error ?? answer.statusText);
  return said;
}

// idOf names a subscription as the server does: SHA-256 of its endpoint in
// base32, the first 16 characters.
async function idOf(channel, endpoint) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint)));
  let bits = "";
  for (const byte of sum.subarray(0, 10)) bits += byte.toString(2).padStart(8, "0");
  const letters = bits.match(/.{5}/g).map((five) => "abcdefghijklmnopqrstuvwxyz234567"[parseInt(five, 2)]);
  return channel + "_" + letters.join("");
}

// bytesOf reads base64url.
function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

// The browser remembers for which channels it is subscribed, and as what: its
// push service may give it another endpoint while nobody looks.
const memory = "/subscribed";
async function recall() {
  const kept = await (await caches.open("sainyuka")).match(memory);
  return kept ? kept.json() : { endpoint: "", channels: [] };
}
async function remember(endpoint, channels) {
  await (await caches.open("sainyuka")).put(memory, new Response(JSON.stringify({ endpoint, channels })));
}

// move tells the server of the endpoint that took the place of another.
async function move(known, subscription) {
  for (const channel of known.channels) {
    await api("POST", "/subscriptions", { channel, ...subscription.toJSON() });
    if (known.endpoint) await api("DELETE", "/subscriptions/" + (await idOf(channel, known.endpoint)));
  }
  await remember(subscription.endpoint, known.channels);
}
