// Times: a guest's are put into the browser's zone; everybody's labels move on while the page is open.
const root = document.documentElement;
const zone = root.dataset.zone || undefined;
const DAY = 86400000;

function format(options) {
  return new Intl.DateTimeFormat(root.lang, {timeZone: zone, ...options});
}

const exact = format({weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit"});
const hour = format({weekday: "short", hour: "2-digit", minute: "2-digit"});
const date = format({day: "numeric", month: "short"});
const month = format({month: "short", year: "numeric"});
const relative = new Intl.RelativeTimeFormat(root.lang, {numeric: "auto", style: "short"});

export function label(at, now) {
  const age = now - at;
  if (age < 0 || age > 300 * DAY) return month.format(at);
  if (age < 60000) return relative.format(0, "minute");
  if (age < 3600000) return relative.format(-Math.floor(age / 60000), "minute");
  if (age < 12 * 3600000) return relative.format(-Math.floor(age / 3600000), "hour");
  if (age < 6 * DAY) return hour.format(at);
  return date.format(at);
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
