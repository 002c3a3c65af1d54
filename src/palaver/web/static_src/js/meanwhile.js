// What others write while one writes: a line over the button, and what one has been told of is not asked about again.
import {subscribe} from "./live.js";
import {fill, say, words} from "./words.js";

for (const line of document.querySelectorAll("[data-meanwhile]")) {
  const form = line.closest("form");
  const place = form.querySelector(".composer").dataset.place;
  const seen = form.elements.seen;
  if (!seen) continue;
  const topic = document.body.dataset.live?.split(",").find((one) => one.startsWith("thread:"));
  const first = Number(seen.value);
  let count = 0;
  if (!topic || !place) continue;
  subscribe(topic, (event) => {
    const number = Number(event.payload.number);
    if (event.kind !== "reply" || !(number > Number(seen.value))) return;
    count += 1;
    seen.value = String(number);
    const link = document.createElement("a");
    link.href = `/t/${topic.slice(7)}/post/${first + 1}`;
    link.target = "_blank";
    link.textContent = count === 1 ? words.cameOne : fill(words.cameMany, count);
    line.replaceChildren(link);
    if (document.activeElement?.form === form) say(link.textContent);
  });
}
