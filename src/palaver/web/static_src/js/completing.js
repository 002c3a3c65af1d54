// Names after @, posts and threads after #: a list under the text, walked with the arrows, taken with Enter or Tab.
import {replace} from "./inserting.js";
import {fill, say, words} from "./words.js";

const TYPED = /(?:^|[\s(\[>"“])([@#][^\s@#()[\]]{0,30})$/u;

for (const composer of document.querySelectorAll(".composer[data-place]")) {
  const field = composer.querySelector("textarea");
  const list = document.createElement("ul");
  list.id = "completion";
  list.className = "completion";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.completion);
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  let found = [];
  let at = 0;
  let typed = "";
  let timer = 0;
  let turn = 0;

  function close() {
    turn += 1;
    clearTimeout(timer);
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  function mark(to) {
    at = (to + found.length) % found.length;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    field.setAttribute("aria-activedescendant", `completion-${at}`);
    list.children[at].scrollIntoView({block: "nearest"});
  }

  function take(n) {
    const end = field.selectionEnd;
    close();
    replace(field, end - typed.length, end, found[n][0]);
  }

  async function ask(mine) {
    const query = new URLSearchParams({place: composer.dataset.place, q: typed});
    const answer = await fetch(`/completion?${query}`, {credentials: "same-origin"});
    const got = (await answer.json()).found;
    if (mine !== turn) return;
    if (!got.length) {
      close();
      return;
    }
    found = got;
    list.replaceChildren(...found.map(([, label, hint], n) => {
      const item = document.createElement("li");
      item.id = `completion-${n}`;
      item.setAttribute("role", "option");
      const name = document.createElement("bdi");
      name.textContent = label;
      item.append(name);
      if (hint) {
        const more = document.createElement("span");
        more.textContent = hint;
        item.append(" ", more);
      }
      return item;
    }));
    list.style.insetBlockStart = `${field.offsetTop + field.offsetHeight}px`;
    list.hidden = false;
    mark(0);
    say(fill(words.found, found.length));
  }

  field.addEventListener("input", () => {
    const before = field.selectionStart === field.selectionEnd && TYPED.exec(field.value.slice(Math.max(0, field.selectionEnd - 40), field.selectionEnd));
    close();
    if (!before || before[1].startsWith("##")) return;
    typed = before[1];
    timer = setTimeout(() => ask(turn).catch(close), 150);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) take([...list.children].indexOf(item));
  });
  field.addEventListener("blur", close);
}
