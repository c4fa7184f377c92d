// The boxes for an answer and for a note: what is typed is kept on the server while it is typed, its length is counted in the
// platform's unit, Ctrl+Enter (or Command+Enter) sends it, Escape leaves the box.
const PAUSE = 800;
const bytes = new TextEncoder();
// Each form's words that are not on the server yet, by the timer that will bring them there.
const pending = new Map();
// The words that are on their way there.
const saving = new Set();
const box = (form) => form.querySelector("textarea");

const lengths = {
  bytes: (text) => bytes.encode(text).length,
  graphemes: (text) => [...new Intl.Segmenter().segment(text)].length,
};
const lengthOf = (text, measure) => (lengths[measure] ?? ((all) => [...all].length))(text);

function count(form) {
  const { longest, unit, measure } = form.dataset;
  const text = box(form).value.trim();
  const length = lengthOf(text, measure);
  const isOver = length > longest;
  const told = form.querySelector("[data-told]");
  // Nobody counts bytes.
  const isAbout = measure === "bytes";
  const left = Math.ceil(Math.abs(longest - length) * (isAbout ? lengthOf(text) / length : 1));
  const word = left === 1 ? unit.slice(0, -1) : unit;
  if (length > longest * 0.9) told.textContent = `${isAbout ? "About " : ""}${left} ${word} ${isOver ? "too long" : "left"}.`;
  told.classList.toggle("bad-text", isOver);
}

function save(form) {
  clearTimeout(pending.get(form));
  pending.delete(form);
  const address = new URL(form.dataset.draft, location);
  address.searchParams.set("panel", "draft");
  const told = form.querySelector("[data-told]");
  const field = box(form);
  const { value } = field;
  const body = new URLSearchParams(new FormData(form));
  const kept = fetch(address, { method: "POST", body, keepalive: true, signal: AbortSignal.timeout(10_000) })
    .then(async (answer) => {
      // Words of another tab, which the server keeps below these.
      const below = answer.status === 200 ? `\n\n${await answer.text()}` : "";
      if (below) field.setRangeText(below, field.value.length, field.value.length);
      if (answer.ok) field.defaultValue = value + below;
      told.textContent = below ? "Your words from another tab are below." : answer.ok ? "Draft saved." : "The draft is not saved yet.";
      return !below;
    })
    .catch(() => {
      told.textContent = "The draft is not saved yet.";
      later(form, 10 * PAUSE);
    })
    .finally(() => saving.delete(kept) && count(form));
  saving.add(kept);
}

function later(form, pause) {
  clearTimeout(pending.get(form));
  pending.set(form, setTimeout(save, pause, form));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form || event.target !== box(form)) return;
  count(form);
  later(form, PAUSE);
});

// Whoever leaves the box or the page loses nothing of the last second.
const flush = () => {
  [...pending.keys()].forEach(save);
  return saving.size ? Promise.all(saving) : null;
};
document.addEventListener("focusout", flush);
addEventListener("pagehide", flush);
// What draws a box anew waits for the words in it (triage.js), and so does an act that loads a page of its own.
document.addEventListener("flush", ({ detail }) => (detail.kept = flush()));
// Where the line is cut, nothing goes: the words would be left for the browser's own page about it.
document.addEventListener("submit", (event) => {
  const kept = flush();
  if (!kept) return;
  event.preventDefault();
  event.stopPropagation();
  const { target, submitter } = event;
  kept.then((all) => {
    if (all.includes(undefined)) target.dispatchEvent(new Event("cut", { bubbles: true }));
    else if (all.every(Boolean)) target.requestSubmit(submitter);
  });
}, true);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    document.getElementById("reading-title").focus({ preventScroll: true });
  }
});

// A saved reply is shown as it would be sent, and goes in where the cursor is.
const filledIn = async (form) => {
  const { value } = form.elements.saved;
  const answer = value && (await fetch(form.querySelector("[data-filled]").dataset.filled + value));
  if (value && !answer.ok) throw answer.status;
  return value && answer.text();
};

document.addEventListener("change", async (event) => {
  if (event.target.id !== "saved") return;
  const told = event.target.form.querySelector(".preview");
  told.textContent = await filledIn(event.target.form).catch(() => "");
  told.hidden = !told.textContent;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-insert]");
  if (!button) return;
  event.preventDefault();
  const { form } = button;
  try {
    const words = await filledIn(form);
    const { text, saved } = form.elements;
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    saved.value = "";
    saved.dispatchEvent(new Event("change", { bubbles: true }));
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    form.requestSubmit(button);
  }
});
