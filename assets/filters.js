// Filters are applied as they are chosen; days that are typed, when their field is left. Each choice tells how many it would
// list, asked for when the filter is opened.
const card = document.getElementById("filters");
const form = document.getElementById("filter-form");

function tell() {
  const asked = new XMLHttpRequest();
  asked.open("GET", card.dataset.counts);
  asked.responseType = "document";
  asked.onload = () => {
    for (const option of asked.response?.querySelectorAll("option") ?? []) {
      const mine = form.querySelector(`#${option.closest("select").id} option[value="${CSS.escape(option.value)}"]`);
      if (mine) mine.textContent = option.textContent;
    }
  };
  asked.send();
}
card?.addEventListener("toggle", tell, { once: true });

// The address says what is asked for and no more; the field that was used has the focus again.
function apply(field) {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.set(name, value);
  address.hash = field?.id ? `at-${field.id}` : "";
  location.assign(address);
}

form?.addEventListener("change", ({ target }) => {
  if (target.type === "date") {
    // Days by name and days of one's own: the last that was chosen is meant.
    if (target.value) form.elements.days.value = "";
    return target.addEventListener("blur", () => apply(target), { once: true });
  }
  if (target.name === "days" && target.value) ["since", "until"].forEach((name) => (form.elements[name].value = ""));
  apply(target);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  apply(document.activeElement);
});

const used = form && location.hash.startsWith("#at-") && form.elements[location.hash.slice(4)];
if (used) {
  card.open = true;
  used.focus();
}
