// How far a member has read a thread: told to the server when the reading pauses, so that lists count only what is new.
const page = document.querySelector("[data-thread][data-read]");
const unread = new Set();
let furthest = Number(page?.dataset.read);
let told = furthest;
let timer = 0;

function tell() {
  clearTimeout(timer);
  if (furthest <= told) return;
  told = furthest;
  const body = new URLSearchParams({[page.dataset.thread]: String(told)});
  fetch("/positions", {method: "POST", body, credentials: "same-origin", keepalive: true}).catch(() => {});
}

// Read up to a number means: of this page, everything up to it has stood on the screen.
function seen(post) {
  const number = Number(post.id.slice(1));
  unread.delete(number);
  watcher.unobserve(post);
  const next = Math.min(...unread);
  for (const other of document.querySelectorAll("article[data-post]")) {
    const at = Number(other.id.slice(1));
    if (at < next && at > furthest) furthest = at;
  }
  clearTimeout(timer);
  if (furthest > told) timer = setTimeout(tell, 1200);
}

const watcher = page && "IntersectionObserver" in self && new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const end = entry.boundingClientRect.bottom <= innerHeight;
    if (entry.isIntersecting && (end || entry.intersectionRatio > 0.5 || entry.intersectionRect.height > innerHeight / 2)) seen(entry.target);
  }
}, {threshold: [0, 0.25, 0.5, 0.75, 1]});

export function watch(within) {
  if (!watcher) return;
  for (const post of within.querySelectorAll("article[data-post]")) {
    const number = Number(post.id.slice(1));
    if (number <= furthest || unread.has(number)) continue;
    unread.add(number);
    watcher.observe(post);
  }
}

if (watcher) {
  watch(document);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell(); });
  addEventListener("pagehide", tell);
}
