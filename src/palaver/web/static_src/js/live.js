// One stream for the whole browser. Tabs elect a leader by a Web Lock; it alone holds the connection and passes what it
// hears on by a BroadcastChannel. Hidden tabs ask for nothing and let go of the lead.
//
//   subscribe("thread:12", (event) => …)   event: {topic, kind, payload}; returns a function that ends it.

const here = new Map();            // topic → callbacks of this tab
const me = Math.random().toString(36).slice(2);
const channel = "BroadcastChannel" in self ? new BroadcastChannel("palaver-live") : null;
const wants = new Map();           // tab → {topics, at}: what the visible tabs want, known to each tab
const STALE = 45_000;

let source = null;                 // the open stream, in the leading tab only
let opened = "";                   // the topics it was opened with
let last = document.body.dataset.liveAfter || "";
let letGo = null;                  // ends our lead
let queued = false;
let pause = 1000;
let again = 0;

function tell(message) {
  channel?.postMessage({from: me, ...message});
}

function mine() {
  return document.hidden ? [] : [...here.keys()];
}

function announce() {
  const topics = mine();
  wants.set(me, {topics, at: Date.now()});
  tell({wants: topics, last});
  if (topics.length && !queued) lead();
  if (!topics.length) letGo?.();
  settle();
}

function lead() {
  if (!navigator.locks) {
    letGo = close;
    settle();
    return;
  }
  queued = true;
  navigator.locks.request("palaver-live", () => {
    if (!mine().length) return undefined;
    return new Promise((done) => {
      letGo = () => {
        letGo = null;
        close();
        done();
      };
      tell({roll: true});
      settle();
    });
  }).finally(() => {
    queued = false;
    if (mine().length) lead();
  });
}

function settle() {
  if (!letGo) return;
  const now = Date.now();
  const topics = new Set();
  for (const [tab, want] of wants) {
    if (tab !== me && now - want.at > STALE) wants.delete(tab);
    else for (const topic of want.topics) topics.add(topic);
  }
  const wanted = [...topics].sort().slice(0, 20).join(",");
  if (wanted !== opened) open(wanted);
}

function close() {
  clearTimeout(again);
  source?.close();
  source = null;
  opened = "";
}

function open(topics) {
  close();
  opened = topics;
  if (!topics) return;
  const query = new URLSearchParams({topics});
  if (last) query.set("after", last);
  const stream = new EventSource(`/live?${query}`);
  source = stream;
  stream.onopen = () => { pause = 1000; };
  stream.onmessage = (message) => {
    last = message.lastEventId || last;
    const event = JSON.parse(message.data);
    tell({event, last});
    deliver(event);
  };
  // The stream has ended for want of rights: asking again would be answered the same.
  stream.addEventListener("end", () => stream.close());
  stream.onerror = () => {
    // A dropped stream is opened again by the browser, with its last event; a refused one is ours to try again.
    if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
    again = setTimeout(() => open(topics), pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, 60_000);
  };
}

function deliver(event) {
  for (const callback of here.get(event.topic) ?? []) {
    try {
      callback(event);
    } catch (problem) {
      console.error(problem);
    }
  }
}

if (channel) {
  channel.onmessage = ({data}) => {
    if (data.last && Number(data.last) > Number(last || 0)) last = data.last;
    if (data.event) deliver(data.event);
    if (data.roll) announce();
    if (data.wants) {
      wants.set(data.from, {topics: data.wants, at: Date.now()});
      settle();
    }
    if (data.gone) {
      wants.delete(data.from);
      settle();
    }
  };
}

document.addEventListener("visibilitychange", announce);
addEventListener("pagehide", () => {
  tell({gone: true});
  letGo?.();
});
addEventListener("pageshow", (event) => { if (event.persisted) announce(); });
setInterval(() => { if (mine().length) announce(); }, STALE / 3);

export function subscribe(topic, callback) {
  if (!("EventSource" in self)) return () => {};
  let callbacks = here.get(topic);
  if (!callbacks) here.set(topic, callbacks = new Set());
  callbacks.add(callback);
  announce();
  return () => {
    callbacks.delete(callback);
    if (!callbacks.size) here.delete(topic);
    announce();
  };
}
