// Keeps <time data-relative> young: the same words as src/web/ui/time.rs, told again as time goes by.
const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [5184000, 86400, "d"], [63072000, 2592000, "months"], [Infinity, 31536000, "years"]];

function relative(seconds) {
  const size = Math.abs(seconds);
  if (seconds >= 0 && size < 60) return "just now";
  const [, unit, name] = steps.find(([limit]) => size < limit);
  const count = Math.floor(size / unit);
  return seconds >= 0 ? `${count} ${name} ago` : `in ${count} ${name}`;
}

// Tells all, and answers in how many seconds a word changes: every second while one counts down to something near.
function tell() {
  let wait = 15;
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = Math.trunc((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (seconds < 0 && seconds > -90) wait = 1;
    const words = relative(seconds);
    if (time.textContent !== words) time.textContent = words;
  }
  return wait;
}

let timer = 0;
function keep() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(keep, tell() * 1000);
}
keep();
document.addEventListener("visibilitychange", keep);
