// A second click on a sending form does nothing. The server keeps its own key, so this is a courtesy, not the guard.
const sending = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (sending.has(form)) {
    event.preventDefault();
    return;
  }
  sending.add(form);
  remember(form);
  form.setAttribute("aria-busy", "true");
  // After the browser has collected the values: a disabled button would not send its own.
  setTimeout(() => {
    for (const button of form.querySelectorAll('button[type="submit"]')) button.disabled = true;
  });
  // A download or a lost connection leaves the page standing: let people try again.
  setTimeout(() => release(form), 10000);
});

function release(form) {
  sending.delete(form);
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll('button[type="submit"]')) button.disabled = false;
}

// Coming back by the browser's back button shows the page as it was left: make it usable.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[aria-busy="true"]')) release(form);
});

// Going back to a form that was sent fetches it anew, with a new key: the one it was sent with is put back, so that the
// server knows it again and nothing is doubled. It lives in this entry of the browser's history only.
const typed = (form) => ("draft" in form.dataset || "guard" in form.dataset) && form.elements.namedItem("key");

function remember(form) {
  const key = typed(form);
  if (key) history.replaceState({ ...history.state, sent: { ...history.state?.sent, [form.action]: key.value } }, "");
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  const key = typed(form);
  const sent = history.state?.sent?.[form.action];
  if (key && sent) key.value = sent;
}

// A refused form: its list of errors is the first thing to read.
document.querySelector("body:not([data-keeps-focus]) [data-focus]")?.focus();
