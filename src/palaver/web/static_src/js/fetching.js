// Sends a form as the browser would and gives back the page that answers, parsed but not run.
export async function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  const answer = await fetch(form.action, {method: "POST", body: new URLSearchParams(data), headers: {Accept: "text/html", "X-Requested-With": "fetch"}, credentials: "same-origin"});
  return {ok: answer.ok, url: answer.url, page: parse(await answer.text())};
}

export async function get(address) {
  const answer = await fetch(address, {headers: {Accept: "text/html", "X-Requested-With": "fetch"}, credentials: "same-origin"});
  if (!answer.ok) throw new Error(String(answer.status));
  return parse(await answer.text());
}

function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}
