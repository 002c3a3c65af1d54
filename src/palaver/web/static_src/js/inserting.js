// Changes the text of a field as typing would: the browser can undo it, and every listener hears of it.
export function replace(field, from, to, text, selectFrom = text.length, selectTo = selectFrom) {
  field.focus();
  field.setSelectionRange(from, to);
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new InputEvent("input", {bubbles: true}));
  }
  field.setSelectionRange(from + selectFrom, from + selectTo);
}

// Puts a block on lines of its own, with an empty line round it.
export function insertBlock(field, block, selectFrom, selectTo) {
  const {selectionStart: from, selectionEnd: to, value} = field;
  const before = value.slice(0, from);
  const lead = !before ? "" : before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = value.slice(to).startsWith("\n") ? "\n" : "\n\n";
  const at = selectFrom === undefined ? block.length + tail.length : selectFrom;
  replace(field, from, to, lead + block + tail, lead.length + at, lead.length + (selectTo ?? at));
}
