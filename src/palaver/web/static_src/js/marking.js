// Mark read without leaving the place: the counts and bars of what was new go quiet.
import {send} from "./fetching.js";
import {say, words} from "./words.js";

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-mark]");
  if (!form) return;
  event.preventDefault();
  try {
    const {ok} = await send(form, event.submitter);
    if (!ok) throw new Error("refused");
    for (const marked of document.querySelectorAll("main [data-new]")) marked.removeAttribute("data-new");
    for (const count of document.querySelectorAll("main .count")) count.remove();
    say(words.marked);
  } catch {
    form.submit();
  }
});
