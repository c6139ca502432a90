// Choosing one of very many by typing: an input with data-pick="address" shows what the address answers (a list of
// <option value>), however it is spelled: a part of the name, a code, pinyin initials. Works in rows added later.
let box = null;
let owner = null;
let asked = 0;
let timer;
let choosing = false;

function close() {
  box?.remove();
  owner?.setAttribute("aria-expanded", "false");
  owner?.removeAttribute("aria-activedescendant");
  box = owner = null;
}

function show(input, values) {
  close();
  if (!values.length || document.activeElement !== input) return;
  owner = input;
  box = document.createElement("ul");
  box.className = "picks";
  box.id = "picks";
  box.setAttribute("role", "listbox");
  values.forEach((value, index) => {
    const item = document.createElement("li");
    item.id = `pick-${index}`;
    item.setAttribute("role", "option");
    item.textContent = value;
    // Before the input loses the focus.
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      choose(input, value);
    });
    box.append(item);
  });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "picks");
  input.setAttribute("aria-expanded", "true");
  input.after(box);
  mark(0);
}

function mark(index) {
  [...box.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  owner.setAttribute("aria-activedescendant", `pick-${index}`);
  box.children[index].scrollIntoView({ block: "nearest" });
}

const marked = () => [...box.children].findIndex((item) => item.getAttribute("aria-selected") === "true");

function choose(input, value) {
  choosing = true;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  choosing = false;
  close();
}

async function ask(input) {
  const number = ++asked;
  const words = input.value.trim();
  if (!words) return close();
  try {
    const answer = await fetch(`${input.dataset.pick}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || number !== asked) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    show(input, [...holder.content.querySelectorAll("option")].map((option) => option.value));
  } catch {
    // No connection: what is typed is judged when the form is sent.
  }
}

document.addEventListener("input", (event) => {
  if (choosing || !event.target.matches?.("[data-pick]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(event.target), 150);
});

// Before the keys of the rows (formset.js): Enter chooses while the list is open.
document.addEventListener(
  "keydown",
  (event) => {
    if (!box || event.target !== owner || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark((marked() + step + box.children.length) % box.children.length);
    else if (event.key === "Enter" || event.key === "Tab") choose(owner, box.children[marked()].textContent);
    else if (event.key === "Escape") close();
    else return;
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
document.addEventListener("focusout", (event) => {
  if (event.target === owner) close();
});
