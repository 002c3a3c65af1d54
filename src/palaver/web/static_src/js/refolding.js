// A post that was removed, held back or is shown again changes its face where it stands; nothing else on the page moves.
import {subscribe} from "./live.js";
import {get} from "./fetching.js";
import {localise} from "./times.js";
import {makeFoldable} from "./folding.js";
import {makeReachable} from "./scrolling.js";
import {say, words} from "./words.js";

const page = document.querySelector("[data-thread]");

async function refold(id) {
  const selector = `article[data-post="${id}"]`;
  const old = document.querySelector(selector);
  if (!old) return;
  const fresh = await get(location.pathname + location.search);
  const made = fresh.querySelector(selector);
  if (!made) return;
  old.replaceWith(document.adoptNode(made));
  // What the page told programs when it was loaded may hold the post's first words.
  document.querySelector('script[type="application/ld+json"]')?.remove();
  const table = document.querySelector("details[data-table] > nav");
  const rows = fresh.querySelector("details[data-table] > nav");
  if (table && rows) table.replaceWith(document.adoptNode(rows));
  const within = made.parentElement;
  localise(within);
  makeFoldable(document);
  makeReachable(within);
  say(made.querySelector(".gone")?.textContent.trim() || words.shownAgain);
}

if (page && document.body.dataset.live) {
  // Everybody who reads the thread asks for it anew, so not all in one instant.
  subscribe("thread:" + page.dataset.thread, ({kind, payload}) => {
    const changed = kind === "fold" || (kind === "verdict" && payload.outcome !== "stays");
    if (changed) setTimeout(() => refold(payload.post).catch(() => {}), Math.random() * 1200);
  });
}
