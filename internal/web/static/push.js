// The buttons by which this browser subscribes to alerts.
"use strict";
const box = document.getElementById("push");
const note = document.getElementById("push-note");
const words = {};
for (const word of ["on", "off", "remove", "denied", "unsupported", "failed", "sent"]) words[word] = box.getAttribute("data-say-" + word);

async function draw() {
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.getSubscription();
  const known = await api("GET", "/subscriptions");
  const ids = new Set(known.subscriptions.map((s) => s.id));
  for (const button of box.querySelectorAll("button[data-channel]")) {
    const channel = button.dataset.channel;
    const on = subscription !== null && ids.has(await idOf(channel, subscription.endpoint));
    button.textContent = on ? words.off : words.on;
    button.className = on ? "quiet" : "";
    button.setAttribute("aria-pressed", on);
    button.disabled = false;
    button.onclick = () => attempt(button, () => (on ? unsubscribe(channel) : subscribe(channel, known.key)));
    const test = box.querySelector(`button[data-test="${channel}"]`);
    test.hidden = !on;
    test.disabled = false;
    test.onclick = () => attempt(test, () => sendTest(channel));
  }
  document.getElementById("push-key").textContent = known.fingerprint;
  const list = document.getElementById("push-browsers");
  list.replaceChildren(...known.subscriptions.map(browserLine));
}

// browserLine shows one browser, and a button that removes it from afar.
function browserLine(s) {
  const line = document.createElement("li");
  const remove = document.createElement("button");
  remove.className = "quiet";
  remove.textContent = words.remove;
  remove.onclick = () => attempt(remove, () => api("DELETE", "/subscriptions/" + s.id));
  line.append(`${s.browser ?? "?"} (${s.channel}, ${s.since.slice(0, 10)}) `, remove);
  return line;
}

async function subscribe(channel, key) {
  if ((await Notification.requestPermission()) !== "granted") throw new Error(words.denied);
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  await api("POST", "/subscriptions", { channel, ...subscription.toJSON() });
  const known = await recall();
  await remember(subscription.endpoint, [...new Set([...known.channels, channel])]);
}

async function unsubscribe(channel) {
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.getSubscription();
  if (!subscription) return;
  await api("DELETE", "/subscriptions/" + (await idOf(channel, subscription.endpoint)));
  const rest = (await recall()).channels.filter((c) => c !== channel);
  await remember(subscription.endpoint, rest);
  if (rest.length === 0) await subscription.unsubscribe();
}

// sendTest sends a test to all browsers of the channel.
async function sendTest(channel) {
  const { error } = await api("POST", `/channels/${channel}/test`);
  if (error) throw new Error(error);
  note.textContent = words.sent;
}

// attempt does something once, says what went wrong, and shows how things are.
async function attempt(button, action) {
  button.disabled = true;
  note.textContent = "";
  try {
    await action();
    await draw();
  } catch (err) {
    note.textContent = `${words.failed}: ${err.message}`;
    button.disabled = false;
  }
}

async function start() {
  box.hidden = false;
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    note.textContent = words.unsupported; // without HTTPS, or on an iPhone before it is on the home screen
    return;
  }
  const worker = await navigator.serviceWorker.register(new URL("sw.js", base));
  const subscription = await worker.pushManager.getSubscription();
  const known = await recall();
  if (subscription && known.endpoint && known.endpoint !== subscription.endpoint) await move(known, subscription);
  await draw();
}
start().catch((err) => { note.textContent = `${words.failed}: ${err.message}`; });
