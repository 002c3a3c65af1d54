// The badge keeps count while a page is open, and a browser may be let tell while none is.
import {subscribe} from "./live.js";
import {say, words} from "./words.js";

const me = document.body.dataset.me;

function show(count) {
  for (const badge of document.querySelectorAll("[data-badge]")) {
    badge.hidden = !count;
    badge.firstChild.data = count > 99 ? "99+" : String(count);
  }
}

if (me) subscribe(me, ({kind, payload}) => { if (kind === "notices") show(payload.count); });

const push = document.querySelector("form[data-push]");
const able = push && "serviceWorker" in navigator && "PushManager" in self;

function bytes(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

if (push) {
  push.hidden = !able;
  document.querySelector("[data-push-not]").hidden = Boolean(able);
}

if (able) {
  push.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const worker = await navigator.serviceWorker.register("/sw.js");
      await navigator.serviceWorker.ready;
      const given = (await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytes(push.dataset.push),
      })).toJSON();
      push.elements.endpoint.value = given.endpoint;
      push.elements.p256dh.value = given.keys.p256dh;
      push.elements.auth.value = given.keys.auth;
      push.submit();
    } catch {
      say(Notification.permission === "denied" ? push.dataset.denied : words.failed);
    }
  });
}
