// Shows what changes while the page is open: only the rows that changed come, and
// nothing else is touched. Everything works without it: a reload does the same.
"use strict";
const rows = document.getElementById("rows");
const root = document.body.dataset.root;
const ago = JSON.parse(document.body.dataset.ago);
const pollEvery = 15000, clockEvery = 30000;
let last = rows?.dataset.since ?? "";
let source = null, poll = 0;

// morph makes one element like another and keeps all that is the same: focus,
// selection and open folds stay where they are.
function morph(a, b) {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return a.replaceWith(b);
  if (a.nodeType === Node.TEXT_NODE) {
    if (a.data !== b.data) a.data = b.data;
    return;
  }
  for (const { name, value } of [...b.attributes]) {
    if (a.getAttribute(name) !== value) a.setAttribute(name, value);
  }
  for (const { name } of [...a.attributes]) {
    const kept = name === "open" || name === "hidden" && a.id === "offline";
    if (!b.hasAttribute(name) && !kept) a.removeAttribute(name);
  }
  if (a.nodeName === "INPUT" || a.nodeName === "SELECT") return; // what somebody is writing
  const old = [...a.childNodes], fresh = [...b.childNodes];
  for (let i = 0; i < Math.max(old.length, fresh.length); i++) {
    if (!old[i]) a.append(fresh[i]);
    else if (!fresh[i]) old[i].remove();
    else morph(old[i], fresh[i]);
  }
}

const query = new URLSearchParams(location.search);
const byState = !query.get("sort") && (query.get("page") ?? "1") === "1";

// wanted reports whether the list as it was asked for has the row; null: only the
// server can tell.
function wanted(row) {
  const { state, shops, tags, trouble } = row.dataset;
  if (query.get("q")) return null;
  if (query.get("state") === "trouble" ? trouble === "0" : query.get("state") && query.get("state") !== state) return false;
  if (query.get("shop") && !shops.split("|").includes(query.get("shop"))) return false;
  return !query.get("tag") || tags.split("|").includes(query.get("tag"));
}

// busy reports whether somebody is at a row, so that it must not move.
function busy(row) {
  const picked = getSelection();
  return row.contains(document.activeElement) || row.matches(":hover") || row.querySelector("details[open]") !== null ||
    !picked.isCollapsed && picked.containsNode(row, true);
}

function place(row) {
  for (const other of rows.children) {
    if (other !== row && other.dataset.key > row.dataset.key) {
      if (other.previousElementSibling !== row) other.before(row);
      return;
    }
  }
  if (rows.lastElementChild !== row) rows.append(row);
}

function take({ id, html }) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector("li");
  const row = document.getElementById(id);
  const fits = wanted(fresh);
  if (row) {
    const key = row.dataset.key;
    morph(row, fresh);
    if (fits === false && !busy(row)) row.remove();
    else if (byState && key !== row.dataset.key && !busy(row)) place(row);
    return;
  }
  if (!fits || !byState) return;
  const end = rows.lastElementChild;
  if (end && rows.children.length >= rows.dataset.most && fresh.dataset.key > end.dataset.key) return;
  place(fresh);
  if (rows.children.length > rows.dataset.most && !busy(rows.lastElementChild)) rows.lastElementChild.remove();
}

function show(news) {
  if (news.reload) return renew();
  for (const row of news.rows ?? []) take(row);
  for (const id of news.gone ?? []) document.getElementById("p-" + id)?.remove();
  for (const [state, n] of Object.entries(news.counts ?? {})) {
    for (const at of document.querySelectorAll(`[data-count="${state}"]`)) {
      at.textContent = n;
      const chip = at.closest("li");
      if (chip) chip.hidden = n === 0 && !chip.hasAttribute("data-stays");
    }
  }
  const pages = document.getElementById("trouble-pages");
  if (news.counts && (pages !== null) !== news.pages > 0) return renew(); // the counter comes or goes
  if (pages && news.counts) pages.textContent = news.pages;
}

// renew reads the whole page and changes what is another in it.
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  morph(document.getElementById("main"), document.adoptNode(fresh.getElementById("main")));
  last = rows.dataset.since;
  listen();
}

function offline(yes) {
  document.getElementById("offline").hidden = !yes;
}

// listen opens the stream after the news that the page has. Where none can be held,
// the page asks now and then.
function listen() {
  hush();
  source = new EventSource(`${root}events?since=${encodeURIComponent(last)}`);
  source.onopen = () => offline(false);
  source.onmessage = (event) => {
    last = event.lastEventId;
    Promise.resolve(show(JSON.parse(event.data))).catch(() => offline(true));
  };
  source.onerror = () => {
    offline(true);
    if (source.readyState === EventSource.CLOSED) poll = setTimeout(ask, pollEvery);
  };
}

async function ask() {
  try {
    const answer = await fetch(`${root}changes?since=${encodeURIComponent(last)}`);
    if (!answer.ok) throw new Error(answer.statusText);
    const news = await answer.json();
    offline(false);
    last = news.last;
    await show(news);
    if (!source) return;
  } catch {
    offline(true);
  }
  poll = setTimeout(ask, pollEvery);
}

function hush() {
  source?.close();
  source = null;
  clearTimeout(poll);
}

// tick says anew how long ago things were.
function tick() {
  for (const at of document.querySelectorAll("time[data-ago]")) {
    const seconds = (Date.now() - Date.parse(at.dateTime)) / 1000;
    const [unit, n] = seconds < 60 ? ["now", 0] : seconds < 5400 ? ["minutes", seconds / 60] : seconds < 129600 ? ["hours", seconds / 3600] : ["days", seconds / 86400];
    const says = ago[unit].replace("%d", Math.floor(n));
    if (at.textContent !== says) at.textContent = says;
  }
}

if (rows) {
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => event.persisted && listen());
}
setInterval(tick, clockEvery);
