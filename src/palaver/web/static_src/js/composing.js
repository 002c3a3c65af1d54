// The tools over a text: each writes the Markdown one would have typed.
import {insertBlock, replace} from "./inserting.js";

function wrap(field, mark, close = mark) {
  const {selectionStart: from, selectionEnd: to, value} = field;
  const inside = value.slice(from, to);
  if (value.slice(from - mark.length, from) === mark && value.slice(to, to + close.length) === close) {
    replace(field, from - mark.length, to + close.length, inside, 0, inside.length);
    return;
  }
  replace(field, from, to, mark + inside + close, mark.length, mark.length + inside.length);
}

function lines(field, mark) {
  const {value} = field;
  const from = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const next = value.indexOf("\n", field.selectionEnd);
  const to = next < 0 ? value.length : next;
  const block = value.slice(from, to).split("\n");
  const marked = block.every((line) => line.startsWith(mark));
  const text = block.map((line) => (marked ? line.slice(mark.length) : mark + line)).join("\n");
  const plain = from === to ? text.length : 0;
  replace(field, from, to, text, plain, text.length);
}

const ACTS = {
  bold: (field) => wrap(field, "**"),
  italic: (field) => wrap(field, "*"),
  code(field) {
    const inside = field.value.slice(field.selectionStart, field.selectionEnd);
    if (inside.includes("\n")) insertBlock(field, "```\n" + inside + "\n```", 4, 4 + inside.length);
    else wrap(field, "`");
  },
  link(field) {
    const {selectionStart: from, selectionEnd: to, value} = field;
    const inside = value.slice(from, to);
    if (/^https?:\/\/\S+$/.test(inside)) replace(field, from, to, "[](" + inside + ")", 1);
    else replace(field, from, to, "[" + inside + "](https://)", inside.length + 3, inside.length + 11);
  },
  quote: (field) => lines(field, "> "),
  list: (field) => lines(field, "- "),
  spoiler(field) {
    const inside = field.value.slice(field.selectionStart, field.selectionEnd);
    insertBlock(field, "[details=…]\n" + inside + "\n[/details]", 9, 10);
  },
  snip: (field) => insertBlock(field, "‹snip›"),
  table: (field) => insertBlock(field, "|   |   |\n|---|---|\n|   |   |", 2),
  footnote(field) {
    let n = 1;
    while (field.value.includes("[^" + n + "]")) n += 1;
    const at = field.selectionEnd;
    const end = field.value.length;
    const gap = /\n\n$|^$/.test(field.value) ? "" : "\n\n";
    replace(field, end, end, gap + "[^" + n + "]: ");
    const last = field.value.length;
    replace(field, at, at, "[^" + n + "]");
    field.setSelectionRange(last + 3 + String(n).length, last + 3 + String(n).length);
  },
};
const KEYS = {b: "bold", i: "italic", k: "link"};

for (const tools of document.querySelectorAll(".tools")) {
  const field = tools.parentElement.querySelector("textarea");
  tools.hidden = false;
  tools.addEventListener("click", (event) => ACTS[event.target.closest("[data-do]")?.dataset.do]?.(field));
  tools.addEventListener("mousedown", (event) => event.preventDefault());
  // One stop of the Tab key; arrows go along.
  tools.addEventListener("keydown", (event) => {
    const all = [...tools.querySelectorAll("button")];
    const at = all.indexOf(event.target);
    const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const to = {[back]: at - 1, [back === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"]: at + 1, Home: 0, End: all.length - 1}[event.key];
    if (to === undefined || !all.at(to % all.length)) return;
    event.preventDefault();
    const next = all.at(to % all.length);
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  });
  field.addEventListener("keydown", (event) => {
    const act = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    ACTS[act](field);
  });
}
