// Keeps <time data-relative> young: the same words as src/ui/time.rs, told again as time goes by.
const steps = [[60, 1, ""], [3600, 60, "min"], [86400, 3600, "h"], [5184000, 86400, "d"], [63072000, 2592000, "months"], [Infinity, 31536000, "years"]];

function relative(seconds) {
  const past = seconds >= 0;
  const size = Math.abs(seconds);
  const [, unit, name] = steps.find(([limit]) => size < limit);
  if (!name) return past ? "just now" : "in a moment";
  const count = Math.floor(size / unit);
  return past ? `${count} ${name} ago` : `in ${count} ${name}`;
}

function tell() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const words = relative(Math.trunc((Date.now() - Date.parse(time.dateTime)) / 1000));
    if (time.textContent !== words) time.textContent = words;
  }
}

setInterval(() => document.hidden || tell(), 15_000);
document.addEventListener("visibilitychange", () => document.hidden || tell());
