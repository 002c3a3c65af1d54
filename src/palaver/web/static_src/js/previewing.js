// While one writes: how it will look, and what the forum's rules say, both from the server.
import {words, fill} from "./words.js";

const PAUSE = 700;

for (const composer of document.querySelectorAll(".composer[data-place]")) {
  const field = composer.querySelector("textarea");
  const view = composer.querySelector("[data-view]");
  const said = composer.querySelector("[data-said]");
  const button = composer.querySelector("[data-do=view]");
  const form = composer.closest("form");
  let timer = 0;
  let asked = null;
  let last = "";

  async function look() {
    const text = field.value;
    if (text === last || text.length > field.maxLength) return;
    last = text;
    asked?.abort();
    asked = new AbortController();
    const body = new URLSearchParams({place: composer.dataset.place, body: text, subject: form.elements.subject?.value ?? ""});
    try {
      const answer = await fetch("/preview", {method: "POST", body, credentials: "same-origin", signal: asked.signal});
      show(await answer.json());
    } catch {
      last = "";
    }
  }

  function show(found) {
    view.innerHTML = found.html;
    const lines = found.said.map(([, sentence]) => sentence);
    const most = composer.dataset.most;
    if (!lines.length && most && found.longest) lines.push(fill(words.excerpt.replace("{most}", most), found.longest));
    if (said.innerText === lines.join("\n")) return;
    said.replaceChildren(...lines.map((line) => {
      const p = document.createElement("p");
      p.textContent = line;
      p.className = found.said.length ? "error" : "help";
      return p;
    }));
  }

  function open(wanted) {
    composer.toggleAttribute("data-viewed", wanted);
    view.hidden = !wanted;
    button.setAttribute("aria-pressed", String(wanted));
    if (wanted) look();
  }

  // The plain button would show the same, with a new page.
  form.querySelector("button[name=preview]")?.remove();
  button.addEventListener("click", () => {
    open(view.hidden);
    try {
      localStorage.setItem("palaver:view", view.hidden ? "" : "1");
    } catch {
      // Then it is closed again on the next page.
    }
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    // Unseen, it is asked for only where a rule may bite.
    if (!view.hidden || /^\s*>|\[quote|‹snip›|https?:|@/m.test(field.value)) timer = setTimeout(look, PAUSE);
  });
  try {
    if (localStorage.getItem("palaver:view")) open(true);
  } catch {
    // Closed, then.
  }
  document.querySelector(".as-it-will-look")?.setAttribute("data-old", "");
}
