// Light or dark at once when chosen; the form behind it makes the choice last.
const choice = document.querySelector("[data-theme-choice]");
choice?.addEventListener("change", () => {
  document.documentElement.dataset.theme = choice.value;
  const form = choice.form;
  fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual"}).catch(() => form.submit());
});
