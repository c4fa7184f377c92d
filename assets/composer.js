// The box for an answer: what is typed is kept on the server while it is typed, its length is counted in the platform's unit,
// Ctrl+Enter (or Command+Enter) sends it, Escape leaves the box.
const PAUSE = 800;
const bytes = new TextEncoder();
let pending = 0;

const lengthOf = (text, unit) => (unit === "bytes" ? bytes.encode(text).length : [...text].length);

function count(form) {
  const { longest, unit } = form.dataset;
  const left = Number(longest) - lengthOf(form.elements.text.value.trim(), unit);
  const told = form.querySelector("#text-left");
  const isClose = left < Number(longest) / 10;
  if (isClose) told.textContent = left < 0 ? `${-left} ${unit} too long.` : `${left} ${unit} left.`;
  told.classList.toggle("bad-text", left < 0);
}

function save(form) {
  clearTimeout(pending);
  pending = 0;
  const address = new URL(form.dataset.draft, location);
  address.searchParams.set("panel", "draft");
  const told = form.querySelector("#text-left");
  fetch(address, { method: "POST", body: new URLSearchParams({ text: form.elements.text.value }), keepalive: true })
    .then((answer) => (told.textContent = answer.ok ? "Draft saved." : "The draft is not saved yet."))
    .catch(() => (told.textContent = "The draft is not saved yet."))
    .finally(() => count(form));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-composer]");
  if (!form) return;
  count(form);
  clearTimeout(pending);
  pending = setTimeout(() => save(form), PAUSE);
});

// Whoever leaves the box or the page loses nothing of the last second.
const flush = (form) => form && pending && save(form);
document.addEventListener("focusout", (event) => flush(event.target.closest?.("form[data-composer]")));
addEventListener("pagehide", () => flush(document.querySelector("form[data-composer]")));
document.addEventListener("submit", () => clearTimeout(pending) || (pending = 0), true);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-composer]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    document.getElementById("reading-title").focus({ preventScroll: true });
  }
});
