// What scripts say, in the page's language, and the place where it is said for those who listen.
export const words = document.getElementById("words")?.dataset ?? {};

export function say(text) {
  const place = document.getElementById("said");
  if (place) place.textContent = text;
}

export function fill(text, n) {
  return (text ?? "").replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(n));
}
