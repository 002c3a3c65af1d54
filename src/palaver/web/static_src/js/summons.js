// A seat on a jury is offered while a page is open: the banner comes, and goes when the offer is over. Its words are the
// server's: one small page of the member's own is asked for it, by that member alone.
import {subscribe} from "./live.js";
import {get} from "./fetching.js";
import {localise} from "./times.js";
import {fill, say, words} from "./words.js";

const me = document.body.dataset.me;

async function renew() {
  const fresh = (await get("/me/judging")).querySelector("[data-summons]");
  const link = fresh?.querySelector("a");
  document.querySelector("[data-summons]")?.remove();
  if (!fresh || new URL(link.href).pathname === location.pathname) return;
  document.querySelector("header.top").after(document.adoptNode(fresh));
  localise(fresh);
  say(fresh.querySelector("p").textContent);
}

if (me) subscribe(me, ({kind}) => { if (kind === "summons" || kind === "summons-over") renew().catch(() => {}); });

// The time left on an offer or a paper, counted down in whole minutes.
for (const line of document.querySelectorAll("[data-left]")) {
  const until = Date.parse(line.dataset.left);
  setInterval(() => {
    const left = Math.max(Math.ceil((until - Date.now()) / 60000), 0);
    line.querySelector("b").textContent = left ? fill(left === 1 ? words.leftOne : words.leftMany, left) : words.leftNone;
  }, 15000);
}
