// Folds branches of the tree, the rail, the table beside a thread, and menus that lost the reader's interest.
import {fill, words} from "./words.js";

export function makeFoldable(within) {
  for (const branch of within.querySelectorAll(".posts[data-tree] .branch")) {
    const item = branch.parentElement;
    const acts = item.querySelector(":scope > .post > .acts");
    if (!acts || acts.querySelector(".fold")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold";
    button.setAttribute("aria-expanded", "true");
    button.textContent = words.fold;
    button.addEventListener("click", () => {
      const folded = item.toggleAttribute("data-folded");
      button.setAttribute("aria-expanded", String(!folded));
      button.textContent = folded ? fill(words.unfold, branch.querySelectorAll(".post").length) : words.fold;
    });
    acts.append(button);
  }
}

makeFoldable(document);

// On a wide screen the table is always shown by the style sheet, so its state is told the same to those who listen.
const table = document.querySelector("details[data-table]");
if (table && matchMedia("(min-width: 60.01rem)").matches) table.open = true;

const rail = document.querySelector("details.rail");
if (rail) {
  try {
    if (localStorage.getItem("palaver:rail") === "folded") rail.open = false;
    rail.addEventListener("toggle", () => localStorage.setItem("palaver:rail", rail.open ? "open" : "folded"));
  } catch {
    // Without a store the rail is simply open on the next page.
  }
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
