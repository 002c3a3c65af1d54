// New replies announce themselves and wait to be shown; nothing moves under the reader's eyes.
import {subscribe} from "./live.js";
import {get} from "./fetching.js";
import {localise} from "./times.js";
import {makeFoldable} from "./folding.js";
import {makeReachable} from "./scrolling.js";
import {watch} from "./positions.js";
import {fill, say, words} from "./words.js";

const page = document.querySelector("[data-thread]");
const bar = document.querySelector("[data-live-bar]");
const waiting = new Set();

function last() {
  return Number(page.dataset.last);
}

function announce(number) {
  if (!(number > last()) || waiting.has(number) || document.getElementById("p" + number)) return;
  waiting.add(number);
  const text = waiting.size === 1 ? words.one : fill(words.many, waiting.size);
  bar.querySelector("a").textContent = text;
  bar.hidden = false;
  say(text);
}

// Where the replies are that this page has no place for: another page of the thread, or another branch of the tree.
function elsewhere() {
  return `/t/${page.dataset.thread}/post/${Math.min(...waiting)}`;
}

async function show(event) {
  const list = document.querySelector("ol.posts:not([data-tree])");
  const more = document.querySelector(".replies .pager a[rel=next]");
  if (!list || more) {
    event.preventDefault();
    location.href = elsewhere();
    return;
  }
  event.preventDefault();
  const link = bar.querySelector("a");
  try {
    const fresh = await get(location.pathname + location.search);
    const first = [];
    for (const post of fresh.querySelectorAll("ol.posts > li > article[data-post]")) {
      if (document.getElementById(post.id)) continue;
      const item = document.adoptNode(post.parentElement);
      item.querySelector("article").setAttribute("data-arrived", "");
      list.append(item);
      first.push(item);
      page.dataset.last = String(Math.max(last(), Number(post.id.slice(1))));
    }
    if (!first.length) throw new Error("nothing came");
    const head = fresh.getElementById("replies-head");
    if (head) document.getElementById("replies-head").textContent = head.textContent;
    localise(list);
    makeFoldable(list);
    makeReachable(list);
    watch(list);
    waiting.clear();
    bar.hidden = true;
    link.textContent = "";
    first[0].querySelector("a.post-number")?.focus({preventScroll: true});
    first[0].scrollIntoView({block: "nearest"});
  } catch {
    location.href = elsewhere();
  }
}

if (page && bar && document.body.dataset.live) {
  bar.addEventListener("click", show);
  subscribe("thread:" + page.dataset.thread, (event) => {
    if (event.kind === "reply") announce(Number(event.payload.number));
  });
}
