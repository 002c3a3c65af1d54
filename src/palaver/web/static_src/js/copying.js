// The number of a post is its address; with Alt or Shift held, or by the key c, the address is copied.
import {say, words} from "./words.js";

export async function copyAddress(post) {
  const link = post?.querySelector("[data-copy]");
  if (!link) return;
  await navigator.clipboard.writeText(new URL(link.dataset.copy, location.href).href);
  say(words.copied);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-copy]");
  if (!link || !(event.altKey || event.shiftKey)) return;
  event.preventDefault();
  copyAddress(link.closest("[data-post]")).catch(() => {});
});
