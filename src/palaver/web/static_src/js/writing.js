// Writing: nothing typed is lost by a reload, one press sends once, Ctrl+Enter sends.
import {say, words} from "./words.js";

const PREFIX = "palaver:draft:";
const WORTH_KEEPING = "textarea, input[name=subject], input[name=reason]";

function restore(form) {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(PREFIX + form.dataset.write) || "null");
  } catch {
    kept = null;
  }
  if (!kept) return;
  let back = false;
  for (const field of form.querySelectorAll(WORTH_KEEPING)) {
    if (kept[field.name] && !field.value) {
      field.value = kept[field.name];
      back = true;
    }
  }
  if (back) say(words.kept);
}

function keep(form) {
  const values = {};
  for (const field of form.querySelectorAll(WORTH_KEEPING)) if (field.value.trim()) values[field.name] = field.value;
  try {
    if (Object.keys(values).length) sessionStorage.setItem(PREFIX + form.dataset.write, JSON.stringify(values));
    else sessionStorage.removeItem(PREFIX + form.dataset.write);
  } catch {
    // A full or forbidden store only means that a reload loses the text, as without this script.
  }
}

// A page that shows the post just written says so in its address; until then the draft stays, because a refusal may come.
export function sent() {
  try {
    const pending = sessionStorage.getItem("palaver:sent");
    if (!pending) return;
    sessionStorage.removeItem("palaver:sent");
    const refused = document.querySelector("[aria-invalid=true], .flash[data-kind=refused], .mishap");
    if (!refused) sessionStorage.removeItem(PREFIX + pending);
  } catch {
    // See above.
  }
}

sent();
document.querySelector("form[data-discard]")?.addEventListener("submit", (event) => {
  try {
    sessionStorage.removeItem(PREFIX + event.target.dataset.discard);
  } catch {
    // See above.
  }
});
for (const form of document.querySelectorAll("form[data-write]")) {
  restore(form);
  form.addEventListener("input", () => keep(form));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form[data-write]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-send], button:not([name], [type=button])"));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.rec !== undefined || form.dataset.mark !== undefined) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
  if (form.dataset.write && !event.submitter?.name) {
    keep(form);
    try {
      sessionStorage.setItem("palaver:sent", form.dataset.write);
    } catch {
      // See above.
    }
    say(words.sending);
  }
  if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
});

// Coming back with the back button shows the page as it was left, with the form still marked as being sent.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
