// Any command by name: Ctrl+K, or a press of what says so. The list is fetched when it is first opened and narrowed by what is
// typed; the focus stays in the field, and comes back to where it was. What keys do on a page, the page knows (triage.js).
const palette = document.getElementById("palette");
const field = palette.querySelector("input");
const list = palette.querySelector("[role=listbox]");
const told = palette.querySelector("[role=status]");
let from = null;
let active = null;

const words = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const options = () => [...list.querySelectorAll("[role=option]")];
// Where the focus was; a row that was drawn anew meanwhile is found by its name.
const focused = () => (document.contains(from) ? from : document.getElementById(from.id) ?? document.body);

function meaning({ dataset }) {
  const detail = { key: dataset.press, focused: focused() };
  document.dispatchEvent(new CustomEvent("meaning", { detail }));
  return detail.act;
}

function open() {
  from = document.activeElement;
  palette.showModal();
  field.value = "";
  if (list.ariaBusy) fill();
  else narrow();
}

function fill() {
  const asked = new XMLHttpRequest();
  asked.open("GET", palette.dataset.src);
  asked.responseType = "document";
  asked.onloadend = () => {
    const fresh = asked.response?.getElementById("palette-commands");
    // Its page says what is wrong.
    if (!fresh) return location.assign(palette.dataset.src.replace(/&panel=.*/, ""));
    list.replaceChildren(...document.importNode(fresh, true).childNodes);
    list.ariaBusy = null;
    narrow();
  };
  asked.send();
}

// Each word that is typed begins a word of the command or of its group, in any order.
function narrow() {
  const typed = words(field.value);
  for (const group of list.children) {
    const [title, ...all] = group.children;
    for (const one of all) {
      const known = words(`${title.textContent} ${one.firstChild.textContent}`);
      const fits = typed.every((word) => known.some((other) => other.startsWith(word)));
      one.hidden = !fits || (one.dataset.press && !meaning(one));
    }
    group.hidden = all.every((one) => one.hidden);
  }
  const { length } = shown();
  told.textContent = length ? `${length} command${length > 1 ? "s" : ""}` : "No command has that name.";
  mark(shown()[0]);
}

const shown = () => options().filter((one) => !one.hidden);

function mark(option) {
  active?.removeAttribute("aria-selected");
  active = option;
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option?.id ?? "");
}

field.addEventListener("input", narrow);
field.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.isComposing || (!step && event.key !== "Enter")) return;
  event.preventDefault();
  const all = shown();
  if (step) mark(all.at((all.indexOf(active) + step) % all.length));
  else active?.click();
});

list.addEventListener("click", ({ target }) => {
  const option = target.closest("[role=option]");
  if (!option) return;
  const act = option.dataset.press && meaning(option);
  palette.close();
  focused().focus({ preventScroll: true });
  if (act) act();
});

addEventListener("keydown", (event) => {
  if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || "off" in palette.dataset) return;
  event.preventDefault();
  if (palette.open) palette.close();
  else open();
});
addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest?.("a[data-palette]")) return;
  event.preventDefault();
  open();
});
