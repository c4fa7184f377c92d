// The inbox by keyboard and in two panes: j and k move, Enter opens, u goes back; each button says its own key. What is
// opened appears beside its list, whose rows stay where they are; new comments wait behind a button while the list is read.
const panes = matchMedia("(min-width: 68.75rem)");
const links = () => [...document.querySelectorAll('[data-test="interaction"] .row-link')];
const list = () => document.getElementById("panel-inbox");
const reading = () => document.getElementById("reading");
const isOpen = () => reading()?.dataset.id !== undefined;
const rowOf = (id) => document.getElementById(`i-${id}`);

const nothingOpen = isOpen() ? null : reading()?.cloneNode(true);
const title = document.title;
let request = null;
let sentForms = new WeakSet();

// Fetches what an address opens and puts it into the pane; a second call overtakes the first. With a body it is an act, whose
// answer leads to what is opened next.
let acting = false;
async function open(address, then, body = null, acted = null) {
  // An act that is under way is waited for: its answer says where to go on.
  if (acting) return;
  acting = body !== null;
  // What was typed a moment ago must be on the server before the box is drawn from there.
  const asked = {};
  document.dispatchEvent(new CustomEvent("flush", { detail: asked }));
  await asked.kept;
  if (acting !== (body !== null)) return;
  if (!body) request?.abort();
  request = new XMLHttpRequest();
  const panel = new URL(address, location);
  panel.searchParams.set("panel", "reading");
  panel.hash = "";
  request.open(body ? "POST" : "GET", panel);
  request.setRequestHeader("workspace", document.documentElement.dataset.workspace);
  request.responseType = "document";
  request.onloadend = () => (acting = false);
  request.onload = ({ target }) => {
    acting = false;
    const led = new URL(target.responseURL || panel);
    led.searchParams.delete("panel");
    const next = target.status === 200 && target.response?.getElementById("reading");
    if (body && target.status >= 400) return refuse(target.response, acted);
    // Where one pane is shown, the list has a page of its own.
    if (!next || !(panes.matches || next.dataset.id)) return location.assign(body ? led : address);
    const writing = put(document.importNode(next, true), acted);
    document.title = `${reading().dataset.title} · Repruv`;
    const done = reading().querySelector(".receipt span")?.textContent ?? "";
    document.getElementById("announcer").textContent = `${done} ${reading().dataset.title}`.trim();
    then(led);
    writing?.();
  };
  request.timeout = 20_000;
  request.onerror = request.ontimeout = () => refuse(null, acted ?? reading());
  request.send(body);
}

// What comes back to the list was asked for: it does not wait behind the button.
function renewList() {
  const asked = new XMLHttpRequest();
  asked.open("GET", list().dataset.src ?? location.href);
  asked.responseType = "document";
  asked.onload = () => {
    const fresh = asked.response?.getElementById("panel-inbox");
    if (!fresh) return;
    const hadFocus = list().contains(document.activeElement);
    list().replaceWith(document.importNode(fresh, true));
    rowOf(reading().dataset.id)?.setAttribute("aria-current", "true");
    if (hadFocus) links()[0]?.focus({ preventScroll: true });
  };
  asked.send();
}

// What was typed stays where it is; the page's own words say what is wrong.
function refuse(page, acted) {
  const field = page?.querySelector("#reading [aria-invalid]");
  const form = field && document.getElementById(field.form.id);
  if (form) {
    form.replaceWith(document.importNode(field.form, true));
    return document.getElementById(field.id).focus();
  }
  const words = page?.querySelector(".trouble p:not(.trouble-status), .error, .notice")?.textContent;
  const told = document.getElementById("refused") ?? document.createElement("p");
  Object.assign(told, { id: "refused", className: "notice bad", role: "alert" });
  // A line that could not be taken back says nothing any more.
  if (acted.matches(".receipt")) (acted.closest(".panel") ?? acted).remove();
  reading().prepend(told);
  told.textContent = words ?? "No response. What you wrote is still here: try again.";
  // Where to go on.
  told.append(page?.querySelector(".trouble a.button") ?? "");
}

document.addEventListener("cut", ({ target }) => refuse(null, target));

// Acts of the pane go on in the pane: what leaves the list is taken out of it, and the focus stays where it was, in the list or not.
document.addEventListener("submit", (event) => {
  const form = event.target.closest(".reading form[data-move], .reading form[data-undo], .reading form[data-act], .reading form[data-composer]");
  if (!form || event.defaultPrevented || event.submitter?.dataset.save === "") return;
  event.preventDefault();
  const row = "leaves" in form.dataset && rowOf(reading().dataset.id);
  const wasInList = list()?.contains(document.activeElement);
  const back = row?.nextElementSibling ?? row?.previousElementSibling;
  const isUndone = "undo" in form.dataset;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  open(event.submitter?.getAttribute("formaction") ?? form.action, (led) => {
    row?.remove?.();
    if (isUndone) renewList();
    ["moved", "sent", "marked", "remark"].forEach((name) => led.searchParams.delete(name));
    history.replaceState(null, "", led);
    const here = rowOf(reading().dataset.id) ?? back;
    here?.scrollIntoView({ block: "nearest" });
    if (wasInList && here) here.querySelector(".row-link").focus({ preventScroll: true });
    else document.getElementById("reading-title").focus({ preventScroll: true });
  }, body, form);
});

// Where a form loads a page of its own, a second click would send it once more.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (sentForms.has(event.target)) event.preventDefault();
  sentForms.add(event.target);
});
addEventListener("pageshow", () => (sentForms = new WeakSet()));

// What was typed in a box while it was drawn anew stays in it, but in that of the act.
function put(next, acted) {
  const isSame = next.dataset.id === reading().dataset.id;
  const boxes = [...reading().querySelectorAll("textarea[id], input[id]")].filter((one) => isSame && one.form !== acted);
  const typed = boxes.filter((one) => one.value !== one.defaultValue);
  const focused = boxes.find((one) => one === document.activeElement);
  reading().replaceWith(next);
  for (const { id, value } of typed) {
    const box = document.getElementById(id);
    if (!box || box.value === value) continue;
    box.closest("details")?.setAttribute("open", "");
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.querySelector(".inbox").classList.toggle("is-open", isOpen());
  document.querySelectorAll(".row[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
  rowOf(next.dataset.id)?.setAttribute("aria-current", "true");
  const box = focused && document.getElementById(focused.id);
  return box && (() => box.focus() ?? box.setSelectionRange(focused.selectionStart, focused.selectionEnd));
}

// From the list the focus stays in the list, on the row that was opened; from the pane it goes to the pane's title.
function go(link) {
  const wasInList = list()?.contains(link) || list()?.contains(document.activeElement);
  const address = link.href;
  open(address, () => {
    history.pushState(null, "", address);
    const row = rowOf(reading().dataset.id);
    row?.scrollIntoView({ block: "nearest" });
    if (wasInList && row) row.querySelector(".row-link").focus({ preventScroll: true });
    else document.getElementById("reading-title").focus({ preventScroll: true });
  });
}

function close(address) {
  const { id } = reading().dataset;
  if (!nothingOpen) return location.assign(address);
  put(nothingOpen.cloneNode(true));
  document.title = title;
  history.pushState(null, "", address);
  rowOf(id)?.querySelector(".row-link").focus();
}

document.addEventListener("click", (event) => {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!isPlain || event.defaultPrevented || !panes.matches) return;
  const link = event.target.closest(".inbox .row-link, .inbox a[data-opens]");
  const back = event.target.closest(".inbox a[data-back]");
  if (!link && !back) return;
  event.preventDefault();
  if (link) go(link);
  else close(back.href);
});

addEventListener("popstate", () => {
  if (!reading()) return;
  if (/^\/inbox\/./.test(location.pathname)) open(location.href, () => {});
  else if (nothingOpen) put(nothingOpen.cloneNode(true));
  else location.reload();
});

const help = document.getElementById("keys");
const found = (selector, then = (one) => one.click()) => {
  const one = document.querySelector(selector);
  return one && (() => then(one));
};

// What a key would do with the focus there; nothing, where it would do nothing.
function meaning(key, focused) {
  const all = links();
  const at = all.indexOf(focused);
  const row = focused.closest(".row");
  const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[key];
  if (step && isOpen() && key.length === 1) return found(`.way a[rel=${step > 0 ? "next" : "prev"}]`);
  if (step) return (at >= 0 || key.length === 1) && all.length && (() => all[Math.min(all.length - 1, Math.max(0, at + step))].focus());
  if (key === "?") return () => help.togglePopover();
  if (key === "u") return found("[data-back]");
  if (key === "Enter" || key === "o") return row && (() => row.querySelector(".row-link").click());
  if (key === "Ctrl Enter") return document.querySelector("[data-composer] textarea")?.value.trim() && found("[data-composer]", (form) => form.requestSubmit());
  if (/^[xX]$/.test(key)) return row?.querySelector(".tick") && (() => tick(row, key === "X"));
  // What is ticked is meant before what is open; a row with the focus is ticked by its key.
  const scope = document.querySelector(".tick:checked") ? ".ticked, .rows-pane .receipt" : row && !isOpen() ? ".ticked, .rows-pane .receipt" : ".reading, .rows-pane .receipt";
  const button = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.closest(`${scope}, .search`));
  return button && (() => press(button, row));
}

// A title names its key while keys are heard: not without this script, nor while they are switched off.
function nameKey({ target }) {
  const one = target.closest?.("[data-key][title]:not([data-named])");
  if (!one || "off" in help.dataset) return;
  one.dataset.named = "";
  one.title += ` (${one.dataset.key.replace(" ", "+")})`;
}
for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, nameKey);

function press(button, row) {
  if (row && button.form?.id === "ticked" && !document.querySelector(".tick:checked")) row.querySelector(".tick").checked = true;
  if (button.matches("input, textarea")) return button.focus();
  button.click();
  document.getElementById(button.getAttribute("popovertarget"))?.querySelector("input, button")?.focus();
}

document.addEventListener("keydown", (event) => {
  if ("off" in help.dataset) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Enter" || event.target.closest("input:not(.tick), textarea, select, dialog, [contenteditable]")) return;
  if (event.key !== "?" && help.matches(":popover-open")) return;
  const act = meaning(event.key, document.activeElement);
  if (!act) return;
  event.preventDefault();
  act();
});

// The palette asks what its commands would do (palette.js).
document.addEventListener("meaning", ({ detail }) => (detail.act = meaning(detail.key, detail.focused)));

// x ticks the row with the focus, X all from the last one that was ticked.
let lastTicked = null;
function tick(row, isRange) {
  const all = rows(list());
  const box = row.querySelector(".tick");
  if (!box) return;
  if (isRange && document.contains(lastTicked)) {
    const [from, to] = [all.indexOf(lastTicked), all.indexOf(row)].sort((one, other) => one - other);
    all.slice(from, to + 1).forEach((one) => one.querySelector(".tick") && (one.querySelector(".tick").checked = true));
  } else {
    box.checked = !box.checked;
  }
  lastTicked = row;
  countTicked();
}

function countTicked() {
  const told = document.querySelector("[data-ticked]");
  if (told) told.textContent = `${document.querySelectorAll(".tick:checked").length} selected`;
}
document.addEventListener("change", (event) => event.target.matches(".tick") && countTicked());
// After an act on many the list begins anew, and so does the focus.
const receipt = document.querySelector(".rows-pane .receipt");
if (receipt && !isOpen()) (links()[0] ?? receipt.querySelector("a, button"))?.focus({ preventScroll: true });

// A list that is scrolled, focused, selected or open beside a comment is being read: rows known already are renewed in their
// place, new ones wait behind a button.
const button = document.getElementById("new-comments");
const rows = (part) => [...part.querySelectorAll(".row")];
const has = (part, what) => part.querySelector(what) !== null;
const isWhole = (part) => !has(part, "[rel=next]");

function isBeingRead(part) {
  const selection = getSelection();
  const isSelected = !selection.isCollapsed && part.contains(selection.anchorNode);
  return scrollY > 0 || isOpen() || isSelected || has(part, ".tick:checked") || part.contains(document.activeElement);
}

document.addEventListener("freshen", (event) => {
  const part = event.target;
  const { fresh, replace } = event.detail;
  // What a job moved or brought back was asked for, too.
  if (has(part, "[data-busy]") && !has(fresh, "[data-busy]")) renewList();
  if (part.id !== "panel-inbox" || !button) return;
  // Where nobody waits any more, there is nothing left to read.
  if (!isBeingRead(part) || !has(part, ".row") || !has(fresh, ".row")) return void (button.hidden = true);
  event.preventDefault();
  rows(fresh).forEach(renew);
  fade(part, fresh);
  const count = countNew(part, fresh);
  button.hidden = count === 0;
  button.textContent = count === 1 ? "1 new comment" : `${count} new comments`;
  if (count) document.getElementById("announcer").textContent = button.textContent;
  button.onclick = () => {
    button.hidden = true;
    replace();
    scrollTo({ top: 0 });
    links()[0]?.focus({ preventScroll: true });
  };
});

function renew(fresh) {
  const row = document.getElementById(fresh.id);
  const selection = getSelection();
  if (!row || row.textContent === fresh.textContent || (!selection.isCollapsed && row.contains(selection.anchorNode))) return;
  const hadFocus = row.contains(document.activeElement);
  row.className = fresh.className;
  const isTicked = row.querySelector(".tick")?.checked;
  row.replaceChildren(...document.importNode(fresh, true).childNodes);
  if (isTicked) row.querySelector(".tick").checked = true;
  if (hadFocus) row.querySelector(".row-link").focus({ preventScroll: true });
}

// What left the list by another's act keeps its place while the list is read, and looks like it.
function fade(part, fresh) {
  const still = new Set(rows(fresh).map((row) => row.id));
  const all = rows(part);
  // Of what stands below them all nobody knows whether it left, or stands on the next page.
  const last = isWhole(fresh) ? all.length : all.findLastIndex((row) => still.has(row.id));
  all.forEach((row, index) => row.classList.toggle("left", index < last && !still.has(row.id)));
}

// What moved up from the next page is not new: it follows all that is known. Of whole pages that are new, one is seen.
function countNew(part, fresh) {
  const known = new Set(rows(part).map((row) => row.id));
  const all = rows(fresh);
  const last = all.findLastIndex((row) => known.has(row.id));
  const count = all.slice(0, isWhole(fresh) || last < 0 ? all.length : last).filter((row) => !known.has(row.id)).length;
  return isWhole(fresh) || last >= 0 ? count : `${count}+`;
}
