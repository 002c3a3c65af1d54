// Keep a post without leaving the place: the first press keeps it, the next opens its note and reminder.
import {say, words} from "./words.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-keep]");
  if (!link || link.dataset.keep || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.dataset.keep = "kept";
  try {
    const answer = await fetch(link.href, {method: "POST", body: new URLSearchParams({act: "keep"}), credentials: "same-origin", redirect: "manual"});
    if (answer.type !== "opaqueredirect") throw new Error("refused");
    link.textContent = words.bookmarked;
    say(words.bookmarked);
  } catch {
    location.href = link.href;
  }
});
