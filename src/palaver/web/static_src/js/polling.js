// A poll's result is drawn anew when votes come in; the paper that a reader may be filling in is left alone.
import {subscribe} from "./live.js";
import {get} from "./fetching.js";

const PAUSE = 1500;
const poll = document.querySelector("[data-poll]");
let waiting = 0;

async function refresh() {
  waiting = 0;
  try {
    const fresh = await get(location.pathname + location.search);
    const result = fresh.querySelector("[data-poll] [data-poll-result]");
    if (result) poll.querySelector("[data-poll-result]").replaceWith(document.adoptNode(result));
    // The end takes the paper away, since no vote is taken any more.
    if (!fresh.querySelector("[data-poll] [data-paper]")) poll.querySelector("[data-paper]")?.remove();
  } catch {
    // The next vote, or the next visit, shows it.
  }
}

if (poll && document.body.dataset.live) {
  subscribe("thread:" + document.querySelector("[data-thread]").dataset.thread, (event) => {
    if (event.kind === "poll") waiting ||= setTimeout(refresh, PAUSE * (0.5 + Math.random()));
  });
}
