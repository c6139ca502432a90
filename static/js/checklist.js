// The completeness list fills as one types. data-for names the fields of an item, separated by spaces; "lines-*-price"
// asks for that field in every row begun, and for at least one row.
const CHECKED = new Set(["checkbox", "radio"]);

const isFilled = (field) => (CHECKED.has(field.type) ? field.checked : field.value.trim() !== "");

function rowsFilled(form, pattern) {
  const suffix = pattern.slice(pattern.indexOf("*") + 1);
  const rows = [...form.querySelectorAll("[data-rows] > [data-row]")].filter((row) => !row.hidden);
  const begun = rows.filter((row) =>
    [...row.querySelectorAll("input:not([type=hidden], [type=checkbox]), textarea")].some((field) => field.value !== field.defaultValue || field.defaultValue !== ""),
  );
  return begun.length > 0 && begun.every((row) => [...row.querySelectorAll(`[name$="${suffix}"]`)].every(isFilled));
}

function isMet(form, item) {
  return item.dataset.for
    .split(/\s+/)
    .filter(Boolean)
    .every((name) => {
      if (name.includes("*")) return rowsFilled(form, name);
      return [...document.querySelectorAll(`[name="${CSS.escape(name)}"]`)].some(isFilled);
    });
}

function refresh(list) {
  const form = document.querySelector("form[data-draft], form.form") ?? document;
  const items = [...list.querySelectorAll("[data-for]")];
  let done = 0;
  for (const item of items) {
    const met = item.dataset.for ? isMet(form, item) : item.classList.contains("is-met");
    item.classList.toggle("is-met", met);
    item.querySelector("[data-standing]").textContent = met ? "已齐" : "待补";
    done += met;
  }
  list.querySelector("progress").value = done;
  const text = `${done} / ${items.length}`;
  const output = list.querySelector("[data-progress-text]");
  if (output.textContent !== text) output.textContent = text;
}

const lists = [...document.querySelectorAll("[data-checklist]")];
if (lists.length) {
  const every = () => lists.forEach(refresh);
  document.addEventListener("input", every);
  document.addEventListener("change", every);
  every();
}
