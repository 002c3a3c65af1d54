// Recommend without leaving the place: the same form, sent in the background; the answer's acts replace these.
import {send} from "./fetching.js";
import {say, words} from "./words.js";

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-rec]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  try {
    const {ok, page} = await send(form, event.submitter);
    const fresh = page.getElementById(form.id)?.parentElement;
    if (!ok || !fresh) throw new Error("no answer");
    const acts = form.parentElement;
    acts.replaceChildren(...document.adoptNode(fresh).childNodes);
    const button = acts.querySelector("form[data-rec] button");
    button?.focus();
    say(button?.textContent ?? "");
  } catch {
    delete form.dataset.busy;
    say(words.failed);
    form.submit();
  }
});
