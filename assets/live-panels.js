// Keeps every [data-live] part of the page true: fetches its data-src again when the server hints that it changed, when the
// stream's start tells of a newer version than this page's, and every two seconds while there is no connection. Nothing runs
// while the page is hidden. What somebody has in hand (typing, a selection, an open box, a list being read) is left alone.
const HINTS = ["demo", "job", "connection", "inbox"];
const POLL = 2_000;
const GAP = 400;

let stream = null;
let poll = 0;
let reopen = 0;
let failures = 0;
let version = document.documentElement.dataset.version ?? "";

const parts = () => [...document.querySelectorAll("[data-live]")];
const concerns = (part, hint) => part.dataset.live.split(" ").includes(hint);
const refreshAll = () => parts().forEach(refresh);

// Each address is fetched at most once at a time; what is hinted meanwhile is fetched once more afterwards.
const fetching = new Map();
function refresh(part) {
  const source = part.dataset.src;
  if (fetching.has(source)) return void fetching.set(source, "again");
  fetching.set(source, "once");
  const request = new XMLHttpRequest();
  request.open("GET", source);
  request.setRequestHeader("workspace", document.documentElement.dataset.workspace);
  request.responseType = "document";
  request.timeout = 10_000;
  request.onloadend = () => {
    // Signed out meanwhile, or in another workspace: let the server show where to go, unless somebody writes.
    const isOut = [401, 205].includes(request.status) || isElsewhere(request.responseURL, source);
    if (isOut && !isInHand(document)) return location.reload();
    if (request.status === 200) show(source, request.response);
    setTimeout(() => {
      const again = fetching.get(source) === "again";
      fetching.delete(source);
      if (again) refresh(part);
    }, GAP);
  };
  request.send();
}

const isElsewhere = (url, source) => url !== "" && new URL(url).pathname !== new URL(source, location).pathname;

// As the server drew them: what scripts changed since then is no difference. A part is told by its id and its address.
const key = (part) => `${part.id} ${part.dataset.src}`;
const shown = new Map(parts().map((part) => [key(part), part.cloneNode(true)]));
function show(source, fetched) {
  for (const part of parts().filter((part) => part.dataset.src === source)) {
    const next = fetched?.getElementById(part.id);
    if (!next || shown.get(key(part))?.isEqualNode(next)) continue;
    const fresh = document.importNode(next, true);
    // A list that is being read decides by itself what becomes of it (triage.js).
    if (!part.dispatchEvent(new CustomEvent("freshen", { bubbles: true, cancelable: true, detail: { fresh, replace: () => replace(part, fresh) } }))) continue;
    if (!isInHand(part)) replace(part, fresh);
    else whenLetGo(part, () => document.contains(part) && refresh(part));
  }
}

function isInHand(part) {
  const selection = getSelection();
  const isSelected = !selection.isCollapsed && part.contains(selection.anchorNode);
  const isTyping = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  // Words that nobody has sent, too.
  const isTyped = [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((one) => one.value !== one.defaultValue);
  return isTyped || isSelected || isTyping || part.querySelector(":popover-open") !== null;
}

const waiting = new WeakSet();
function whenLetGo(part, then) {
  if (waiting.has(part)) return;
  waiting.add(part);
  const events = [[part, "focusout"], [part, "toggle"], [document, "selectionchange"]];
  const look = () => setTimeout(() => {
    if (isInHand(part)) return;
    waiting.delete(part);
    events.forEach(([target, name]) => target.removeEventListener(name, look, true));
    then();
  });
  events.forEach(([target, name]) => target.addEventListener(name, look, true));
}

function replace(part, next) {
  shown.set(key(next), next.cloneNode(true));
  const focused = part.contains(document.activeElement) ? identity(document.activeElement) : null;
  openDetails(part).forEach((name) => detailsOf(next).get(name)?.setAttribute("open", ""));
  const before = announcement(part);
  part.replaceWith(next);
  if (focused) focusables(next).find((one) => identity(one) === focused)?.focus({ preventScroll: true });
  const after = announcement(next);
  if (after && after !== before) document.getElementById("announcer").textContent = after;
}

const announcement = (part) => part.querySelector("[data-announce]")?.textContent ?? "";

// A <details> is the same one when it has the same id, else when it is the n-th of its part.
const detailsOf = (part) => new Map([...part.querySelectorAll("details")].map((one, n) => [one.id || n, one]));
const openDetails = (part) => [...detailsOf(part)].filter(([, one]) => one.open).map(([name]) => name);

// The focus follows the thing, never the place: a control is the same when it leads to the same or does the same.
const focusables = (part) => [...part.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex]")];
function identity(one) {
  const does = one.getAttribute("href") ?? one.form?.getAttribute("action") ?? "";
  return [one.id, one.dataset.test, does, one.name, one.value, one.getAttribute("aria-label") ?? one.textContent].join("|");
}

function connect() {
  clearTimeout(reopen);
  stream?.close();
  stream = new EventSource("/api/events");
  stream.onopen = () => {
    failures = 0;
    clearInterval(poll);
    poll = 0;
  };
  stream.onerror = () => {
    poll ||= setInterval(refreshAll, POLL);
    if (stream.readyState !== EventSource.CLOSED) return; // The browser tries again by itself.
    const wait = Math.min(60_000, 1_000 * 2 ** failures++) * (0.5 + Math.random());
    clearTimeout(reopen);
    reopen = setTimeout(connect, wait);
  };
  // The first word of a stream: up to where it has heard, and when this person's pages changed last.
  stream.addEventListener("version", ({ data }) => {
    const { process, now, changed } = JSON.parse(data);
    const [drawnBy, drawnAt] = version.split(".");
    const isTrue = drawnBy === process && Number(drawnAt) >= changed;
    parts().filter((part) => !isTrue || "stale" in part.dataset).forEach(refresh);
    version = `${process}.${now}`;
  });
  // This session has newer streams: polling does until somebody looks at this page again.
  stream.addEventListener("crowded", () => {
    stream.close();
    poll ||= setInterval(refreshAll, POLL);
  });
  for (const hint of HINTS) {
    stream.addEventListener(hint, () => parts().filter((part) => concerns(part, hint)).forEach(refresh));
  }
}

function disconnect() {
  stream?.close();
  stream = null;
  clearInterval(poll);
  poll = 0;
  clearTimeout(reopen);
}

// What ends by itself is looked at again and again.
setInterval(() => document.hidden || parts().forEach((part) => part.querySelector("[data-passes]") && refresh(part)), 10_000);

if (parts().length) {
  if (!document.hidden) connect();
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => event.persisted && connect());
}
