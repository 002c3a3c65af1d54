// Drafts keep themselves on the server while one writes, and once more when the page is left.
import {say, words} from "./words.js";

const PAUSE = 2000;

for (const composer of document.querySelectorAll(".composer[data-place]")) {
  const form = composer.closest("form");
  const field = composer.querySelector("textarea");
  const line = form.querySelector("[data-draft-line]");
  const held = form.elements.draft;
  let timer = 0;
  let under = null;
  let sent = false;
  let last = text();

  function text() {
    return JSON.stringify([form.elements.subject?.value ?? "", field.value]);
  }

  function values() {
    const {subject, once} = form.elements;
    return new URLSearchParams({place: composer.dataset.place, draft: held.value, body: field.value, subject: subject?.value ?? "", once: once?.value ?? ""});
  }

  // One save at a time, so that each knows the revision before it.
  async function keep() {
    clearTimeout(timer);
    if (sent || under || text() === last || field.value.length > field.maxLength) return;
    const keeping = text();
    under = fetch("/drafts", {method: "POST", body: values(), credentials: "same-origin"});
    try {
      const {ok} = await under;
      const answer = await (await under).json();
      last = keeping;
      if (ok) held.value = answer.draft;
      if (answer.sentence) {
        if (answer.sentence !== line.textContent && line.dataset.told) say(answer.sentence);
        line.textContent = answer.sentence;
        line.dataset.told = "1";
      }
    } catch {
      // Offline: this tab still has the words, and tries again with the next ones.
    }
    under = null;
    if (text() !== last) timer = setTimeout(keep, PAUSE);
  }

  function leave() {
    if (sent || text() === last || !field.value.trim()) return;
    last = text();
    // A body above 64 KB is refused by the browser; it was saved while it was written.
    fetch("/drafts", {method: "POST", body: values(), credentials: "same-origin", keepalive: true}).catch(() => {});
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.name) sent = true;
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });

  // A form at the foot of a page comes without its draft: it is asked for when somebody turns to it.
  if (form.classList.contains("reply-form")) {
    field.addEventListener("focus", async () => {
      try {
        const found = await (await fetch(`/drafts?${new URLSearchParams({place: composer.dataset.place})}`, {credentials: "same-origin"})).json();
        if (!found.draft || field.value.trim() || held.value) return;
        field.value = found.body;
        held.value = found.draft;
        if (found.subject && form.elements.subject) form.elements.subject.value = found.subject;
        last = text();
        line.textContent = found.sentence;
        say(found.sentence);
        const drop = document.createElement("button");
        drop.type = "button";
        drop.className = "link";
        drop.textContent = words.discard;
        drop.addEventListener("click", () => {
          field.value = "";
          if (form.elements.subject) form.elements.subject.value = "";
          line.textContent = "";
          form.dispatchEvent(new InputEvent("input"));
          keep();
          field.focus();
        });
        line.append(" ", drop);
      } catch {
        // Without an answer the form is simply empty.
      }
    }, {once: true});
  }
}
