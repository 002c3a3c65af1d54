// Times: a guest's are put into the browser's zone; everybody's labels move on while the page is open.
import {words} from "./words.js";

const root = document.documentElement;
const zone = root.dataset.zone || undefined;
const DAY = 86400000;

// The page's language as this reader writes it: "en" is 15:52 in London and 3:52 PM in Chicago.
const spoken = navigator.languages?.find((one) => one.split("-")[0] === root.lang.split("-")[0]) ?? root.lang;

function format(options) {
  return new Intl.DateTimeFormat(spoken, {timeZone: zone, ...options});
}

const CLOCK = {hour: format({hour: "numeric"}).resolvedOptions().hour12 ? "numeric" : "2-digit", minute: "2-digit"};
const exact = format({weekday: "short", day: "numeric", month: "short", year: "numeric", ...CLOCK});
const today = format(CLOCK);
const week = format({weekday: "short", ...CLOCK});
const date = format({day: "numeric", month: "short"});
const month = format({month: "short", year: "numeric"});
const day = format({year: "numeric", month: "numeric", day: "numeric"});
const year = format({year: "numeric"});
const relative = new Intl.RelativeTimeFormat(spoken, {numeric: "auto", style: "short"});

// The same steps as the server's labels, so that nothing jumps when a page comes alive.
export function label(at, now) {
  const age = now - at;
  if (age >= 0 && age < 60000) return words.now ?? relative.format(0, "second");
  if (age >= 0 && age < 3600000) return relative.format(-Math.floor(age / 60000), "minute");
  if (age > -DAY && age < 6 * DAY) return day.format(at) === day.format(now) ? today.format(at) : week.format(at).replace(",", "");
  return year.format(at) === year.format(now) ? date.format(at) : month.format(at);
}

export function localise(within) {
  const now = Date.now();
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = Date.parse(time.dateTime);
    if (Number.isNaN(at)) continue;
    if ("exact" in time.dataset) {
      if (!zone) time.textContent = exact.format(at);
    } else {
      time.textContent = label(at, now);
      if (!zone) time.title = exact.format(at);
    }
  }
}

// A member's page comes in the member's own zone, so it is right when it arrives and only ages; a guest's comes in the site's.
if (!zone) localise(document);
setInterval(() => { if (!document.hidden) localise(document); }, 60000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) localise(document); });
