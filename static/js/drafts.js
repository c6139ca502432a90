// Nothing typed is lost. A form with data-draft="name" keeps what is typed in this tab's sessionStorage, so that a
// lost session or a refused request gives it back; one with data-guard warns before the page is left.
const PREFIX = "draft:";
const here = location.pathname;
const user = document.body.dataset.user;
const dirty = new Set();
let leaving = false;
let waiting;

const skips = (field) =>
  !field.name || ["hidden", "password", "file", "submit", "button"].includes(field.type) || field.name === "csrfmiddlewaretoken";
const fieldsOf = (form) => [...form.elements].filter((field) => !skips(field));
const keyOf = (form) => `${PREFIX}${here}:${form.dataset.draft}`;
const versionOf = (form) => form.elements.namedItem("version")?.value ?? "";

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Full or forbidden storage: the page works on without drafts.
  }
}

function drop(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // As above.
  }
}

function draftKeys() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function save(form, sent) {
  const values = fieldsOf(form).map((field) =>
    ["checkbox", "radio"].includes(field.type)
      ? [field.name, field.value, field.checked]
      : field.multiple && field.options
        ? [field.name, [...field.selectedOptions].map((option) => option.value)]
        : [field.name, field.value],
  );
  write(keyOf(form), { user, version: versionOf(form), rows: rowsOf(form), values, sent });
}

const rowsOf = (form) => form.querySelectorAll("[data-rows] > [data-row]").length;

function restore(form, draft) {
  // Rows that were added by hand are added again before their values are filled in.
  for (let missing = draft.rows - rowsOf(form); missing > 0; missing -= 1) {
    form.querySelector("[data-add-row]")?.click();
  }
  for (const [name, value, checked] of draft.values) {
    for (const field of fieldsOf(form).filter((candidate) => candidate.name === name)) {
      if (checked !== undefined) {
        if (field.value === value) field.checked = checked;
      } else if (Array.isArray(value)) {
        for (const option of field.options) option.selected = value.includes(option.value);
      } else {
        field.value = value;
      }
    }
  }
  dirty.add(form);
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function differs(form, draft) {
  const now = new Map(fieldsOf(form).filter((field) => field.type !== "radio" && field.type !== "checkbox").map((field) => [field.name, field.value]));
  return draft.rows !== rowsOf(form) || draft.values.some(([name, value, checked]) => checked === undefined && !Array.isArray(value) && now.get(name) !== value);
}

function button(label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-small";
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}

function notice(form, text, ...buttons) {
  const box = document.createElement("div");
  box.className = "draft-note";
  box.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words, ...buttons);
  form.prepend(box);
  return box;
}

function offer(form) {
  const key = keyOf(form);
  const draft = read(key);
  if (!draft || draft.user !== user) return drop(key);
  // Sent and back on the same page without an error: it was accepted.
  if (draft.sent || "bound" in form.dataset || !differs(form, draft)) return drop(key);
  const discard = button("放弃", () => {
    clearTimeout(waiting);
    leaving = true;
    drop(key);
    form.reset();
    location.reload();
  });
  if (draft.version === versionOf(form)) {
    restore(form, draft);
    notice(form, "已恢复您上次填写、尚未提交的内容。", discard);
    return;
  }
  const box = notice(
    form,
    "您上次填写的内容还在，但这条记录后来已被修改。",
    button("仍然恢复", () => {
      restore(form, draft);
      box.remove();
    }),
    discard,
  );
}

if ("keepsDrafts" in document.body.dataset) {
  // Log-in, lock-out and error pages: what was being sent did not arrive.
  for (const key of draftKeys()) write(key, { ...read(key), sent: false });
} else {
  for (const key of draftKeys()) {
    if (!key.startsWith(`${PREFIX}${here}:`) && read(key)?.sent) drop(key);
  }
  // After formset.js has set up its rows.
  window.addEventListener("load", () => {
    for (const form of document.querySelectorAll("form[data-draft]")) offer(form);
  });
}

document.addEventListener("input", (event) => {
  const form = event.target.form ?? event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if ("guard" in form.dataset) dirty.add(form);
  if (!form.dataset.draft) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => save(form, false), 300);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  leaving = true;
  clearTimeout(waiting);
  if ("forgetsDrafts" in form.dataset) draftKeys().forEach(drop);
  else if (form.dataset.draft) save(form, true);
});

window.addEventListener("beforeunload", (event) => {
  if (!leaving && [...dirty].some((form) => form.isConnected && "guard" in form.dataset)) event.preventDefault();
});
