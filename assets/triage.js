// Triage by keyboard: j and k (or the arrows after the first of them) walk through the interactions, Enter opens, u goes back.
const links = () => [...document.querySelectorAll('[data-test="interaction"] .row-link')];
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const all = links();
  const here = all.indexOf(document.activeElement);
  const walks = here >= 0 || event.key === "j" || event.key === "k";
  const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && walks && all.length) {
    all[Math.min(all.length - 1, Math.max(0, here + step))].focus();
    event.preventDefault();
  } else if (event.key === "u") {
    document.querySelector("[data-back]")?.click();
  }
});
