// Keys for those who like them; a member switches them off in the preferences (then <html> has no data-keys).
import {copyAddress} from "./copying.js";
import {words} from "./words.js";

const wanted = "keys" in document.documentElement.dataset;
let current = null;
let going = 0;

function stops() {
  return [...document.querySelectorAll("[data-rows] > *, article[data-post]")].filter((stop) => stop.checkVisibility?.() ?? true);
}

function stand(stop) {
  if (!stop) return;
  current?.removeAttribute("data-current");
  current = stop;
  stop.setAttribute("data-current", "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  stop.scrollIntoView({block: "nearest", behavior: calm ? "instant" : "smooth"});
  stop.querySelector("h1 a, h2 a, h3 a, a.post-number, a")?.focus({preventScroll: true});
}

function step(by, fits = () => true) {
  const all = stops();
  let at = current ? all.indexOf(current) : -1;
  if (at < 0 && by < 0) return;
  do at += by; while (all[at] && !fits(all[at]));
  stand(all[at]);
}

function follow(selector, within = document) {
  const link = within?.querySelector(selector);
  if (link) link.click();
  return Boolean(link);
}

const GO = {l: "/latest", f: "/forums", n: "/unread"};
const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => (document.querySelector("[data-new]") ? step(1, (stop) => stop.hasAttribute("data-new")) : follow("a[rel=next]")),
  o: () => follow("h2 a, h3 a, a.post-time, a", current),
  u: () => follow(".crumbs:not([data-foot]) li:last-child a"),
  r: () => {
    const box = document.querySelector("#reply textarea");
    if (current && follow("a[data-reply]", current)) return;
    if (box) box.focus();
    else follow("a[data-reply]");
  },
  ".": () => follow("form[data-rec] button", current ?? document),
  b: () => follow("a[data-keep]", current ?? document),
  m: () => follow("form[data-mark] button"),
  c: () => copyAddress(current ?? document.querySelector("[data-post]")).catch(() => {}),
  "/": () => document.querySelector(".find input")?.focus(),
  "?": help,
};

export function help() {
  let box = document.getElementById("keys-help");
  if (!box) {
    box = document.createElement("dialog");
    box.id = "keys-help";
    box.className = "dialog";
    const head = document.createElement("h2");
    head.textContent = words.keys;
    box.setAttribute("aria-label", words.keys);
    const list = document.createElement("dl");
    for (const line of words.keylist.split(";")) {
      const [keys, meaning] = line.split("|");
      const term = document.createElement("dt");
      for (const key of keys.split(" ")) {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        term.append(cap, " ");
      }
      const what = document.createElement("dd");
      what.textContent = meaning;
      list.append(term, what);
    }
    const form = document.createElement("form");
    form.method = "dialog";
    const close = document.createElement("button");
    close.className = "button";
    close.textContent = words.close;
    form.append(close);
    box.append(head, list, form);
    document.body.append(box);
  }
  box.showModal();
}

const helpButton = document.querySelector("[data-keys-help]");
if (helpButton) {
  helpButton.hidden = !wanted;
  helpButton.addEventListener("click", help);
}

document.addEventListener("keydown", (event) => {
  if (!wanted || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const place = event.key === "m" ? document.querySelector(".bottom-bar li:last-child a").href : GO[event.key];
    if (place) {
      event.preventDefault();
      location.href = place;
    }
    return;
  }
  if (event.key === "g") {
    going = Date.now();
    return;
  }
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
