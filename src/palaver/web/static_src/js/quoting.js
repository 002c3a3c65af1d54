// Words selected in a post become a quote in the reply, under the name and number of who wrote them.
import {insertBlock} from "./inserting.js";
import {say, words} from "./words.js";

const field = document.querySelector("#reply textarea");
let bubble = null;

function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const within = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".prose");
  const prose = within(selection.anchorNode);
  const post = prose?.closest("[data-post]");
  if (!post || within(selection.focusNode) !== prose) return null;
  const text = selection.toString().trim();
  return text && {post, text, box: selection.getRangeAt(0).getBoundingClientRect()};
}

function quotation({post, text}) {
  const name = post.querySelector(".post-author").textContent.trim();
  const inside = text.replace(/\[(?=\/?quote\b)/gi, "&#91;").replace(/\n{2,}/g, "\n\n");
  return `[quote=${name}, #${post.id.slice(1)}]\n${inside}\n[/quote]`;
}

export function quote(post) {
  const found = selected();
  if (found && field) {
    insertBlock(field, quotation(found));
    field.scrollIntoView({block: "center"});
    say(words.quoted);
    hide();
    return;
  }
  (found?.post ?? post)?.querySelector("a[data-quote]")?.click();
}

function hide() {
  bubble?.remove();
  bubble = null;
}

function offer() {
  const found = field && selected();
  if (!found) {
    hide();
    return;
  }
  if (!bubble) {
    bubble = document.createElement("button");
    bubble.type = "button";
    bubble.className = "button quote-bubble";
    bubble.textContent = words.quote;
    bubble.addEventListener("mousedown", (event) => event.preventDefault());
    bubble.addEventListener("click", () => quote());
    document.body.append(bubble);
  }
  const left = Math.min(Math.max(found.box.left + found.box.width / 2, 48), document.documentElement.clientWidth - 48);
  bubble.style.left = `${left + scrollX}px`;
  bubble.style.top = `${Math.max(found.box.top - 52, 4) + scrollY}px`;
}

if (field) {
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, 120);
  });
}
