// Ticking "use this one" shows the suggested passphrase in its field, where a password manager sees it; unticking takes it back.
for (const box of document.querySelectorAll("[data-passphrase]")) {
  const field = document.getElementById(box.dataset.fills);
  const show = () => {
    const suggested = box.dataset.passphrase;
    if (box.checked) {
      field.type = "text";
      field.value = suggested;
    } else if (field.value === suggested) {
      field.type = "password";
      field.value = "";
    }
  };
  box.addEventListener("change", show);
  // Whoever types a password of their own does not use the suggested one.
  field.addEventListener("input", () => {
    box.checked = field.value === box.dataset.passphrase;
    field.type = box.checked ? "text" : "password";
  });
  show();
}
