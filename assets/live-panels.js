// Keeps every [data-live] part of the page true: fetches its data-src again when the server hints that it changed,
// on every (re)connection, and every two seconds while there is no connection. Nothing runs while the page is hidden.
const HINTS = ["demo", "job", "connection", "inbox"];
const POLL = 2_000;
const GAP = 400;

let stream = null;
let poll = 0;
let reopen = 0;
let failures = 0;

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
  request.responseType = "document";
  request.timeout = 10_000;
  request.onloadend = () => {
    // Signed out meanwhile: let the server show where to go.
    if (request.status === 401 || isElsewhere(request.responseURL, source)) return location.reload();
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

const shown = new Map(parts().map((part) => [part.id, part.cloneNode(true)]));
function show(source, fetched) {
  for (const part of parts().filter((part) => part.dataset.src === source)) {
    const next = fetched?.getElementById(part.id);
    if (!next || shown.get(part.id)?.isEqualNode(next)) continue;
    if (isTyping(part)) {
      part.addEventListener("focusout", () => refresh(part), { once: true });
      continue;
    }
    replace(part, document.importNode(next, true));
  }
}

const isTyping = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

function replace(part, next) {
  shown.set(part.id, next.cloneNode(true));
  const focus = focusPath(part);
  openDetails(part).forEach((key) => detailsOf(next).get(key)?.setAttribute("open", ""));
  const before = announcement(part);
  part.replaceWith(next);
  if (focus) focusOn(next, focus);
  const after = announcement(next);
  if (after && after !== before) document.getElementById("announcer").textContent = after;
}

const announcement = (part) => part.querySelector("[data-announce]")?.textContent ?? "";

// A <details> is the same one when it has the same id, else when it is the n-th of its part.
const detailsOf = (part) => new Map([...part.querySelectorAll("details")].map((one, n) => [one.id || n, one]));
const openDetails = (part) => [...detailsOf(part)].filter(([, one]) => one.open).map(([key]) => key);

const focusable = "a[href], button, summary, [tabindex]";
function focusPath(part) {
  const active = document.activeElement;
  if (!part.contains(active)) return null;
  return { id: active.id, test: active.dataset.test, index: [...part.querySelectorAll(focusable)].indexOf(active) };
}
function focusOn(part, { id, test, index }) {
  const same = (id && document.getElementById(id)) || (test && part.querySelector(`[data-test="${CSS.escape(test)}"]`));
  (same || part.querySelectorAll(focusable)[index])?.focus({ preventScroll: true });
}

function connect() {
  clearTimeout(reopen);
  stream?.close();
  stream = new EventSource("/api/events");
  stream.onopen = () => {
    failures = 0;
    clearInterval(poll);
    poll = 0;
    refreshAll();
  };
  stream.onerror = () => {
    poll ||= setInterval(refreshAll, POLL);
    if (stream.readyState !== EventSource.CLOSED) return; // The browser tries again by itself.
    const wait = Math.min(60_000, 1_000 * 2 ** failures++) * (0.5 + Math.random());
    clearTimeout(reopen);
    reopen = setTimeout(connect, wait);
  };
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

if (parts().length) {
  if (!document.hidden) connect();
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => event.persisted && connect());
}
