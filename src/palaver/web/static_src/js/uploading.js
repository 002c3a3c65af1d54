// Pictures and files: pasted, dropped or chosen; sent while one goes on writing; put where the cursor is.
// Whatever fails stays in sight with its reason, and can be sent again.

function post(file, told) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("file", file, file.name || "picture.png");
    request.open("POST", "/uploads");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && told(Math.round((100 * event.loaded) / event.total));
    request.onload = () => done(request.response ?? {});
    request.onerror = request.onabort = () => done({});
    request.send(data);
  });
}

function put(area, text) {
  const before = area.value.slice(0, area.selectionStart);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  area.setRangeText(gap + text + "\n\n", area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", {bubbles: true}));
  area.focus();
}

function begin(part, area, file) {
  const said = part.dataset;
  const row = part.querySelector("template").content.firstElementChild.cloneNode(true);
  const [state, field, button] = ["[role=status]", ".field", "[data-put]"].map((what) => row.querySelector(what));
  const alt = field.querySelector("input");
  const label = button.textContent;
  let answer, wanted;

  function tell(text) {
    state.textContent = (file.name ? file.name + ": " : "") + text;
  }
  async function send() {
    answer = null;
    wanted = false;
    delete row.dataset.refused;
    button.textContent = label;
    tell(said.preparing);
    const came = await post(file, (n) => tell(n < 100 ? said.sent.replace("{n}", n) : said.preparing));
    answer = came;
    if (came.markdown) {
      tell(said.ready);
      if (wanted || !came.picture) finish();
    } else {
      row.dataset.refused = "";
      tell(came.problem ?? said.failed);
      button.textContent = said.again;
    }
  }
  function finish() {
    if (!answer) {
      wanted = true;
    } else if (answer.markdown) {
      const words = alt.value.trim().replace(/([\\[\]`*_<>])/g, "\\$1");
      row.remove();
      put(area, answer.picture ? `![${words}](${answer.address})` : answer.markdown);
    } else {
      send();
    }
  }
  field.hidden = !file.type.startsWith("image/");
  button.addEventListener("click", finish);
  alt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    finish();
  });
  row.querySelector("[data-leave]").addEventListener("click", () => {
    row.remove();
    area.focus();
  });
  part.open = true;
  part.append(row);
  if (!field.hidden) alt.focus();
  send();
}

for (const part of document.querySelectorAll("[data-attach]")) {
  const form = part.closest("form");
  const area = form.querySelector("textarea");
  const chooser = part.querySelector("input[type=file]");
  // The script sends files by itself; the form need not carry them.
  chooser.removeAttribute("name");
  chooser.multiple = true;
  for (const plain of part.querySelectorAll("[data-alt], [data-add]")) plain.remove();
  const take = (list) => [...list].forEach((file) => begin(part, area, file));
  chooser.addEventListener("change", () => {
    take(chooser.files);
    chooser.value = "";
  });
  area.addEventListener("paste", (event) => {
    // What is copied from an office program comes as words and as a picture of them: the words are meant.
    const data = event.clipboardData;
    if (!data?.files.length || data.getData("text/plain")) return;
    event.preventDefault();
    take(data.files);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    area.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      area.toggleAttribute("data-drop", kind === "dragover");
      if (kind === "dragleave") return;
      event.preventDefault();
      if (kind === "drop") take(event.dataTransfer.files);
    });
  }
  form.addEventListener("submit", (event) => {
    const open = part.querySelector(".attaching");
    if (!open) return;
    event.preventDefault();
    const place = part.querySelector("p[data-open]");
    place.hidden = false;
    place.textContent = part.dataset.open;
    open.scrollIntoView({block: "nearest"});
    open.querySelector("[data-put]").focus();
  });
}
