// Rows of a formset: add, remove, and Enter to go down a column as in a spreadsheet. Without this module the rows
// that the server sent and their 删除 boxes still work.
for (const formset of document.querySelectorAll("[data-formset]")) setUp(formset);

function setUp(formset) {
  const prefix = formset.dataset.formset;
  const body = formset.querySelector("[data-rows]");
  const blank = formset.querySelector("template[data-empty-row]");
  const total = formset.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const most = Number(formset.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`)?.value || 1000);
  const adder = formset.querySelector("[data-add-row]");
  const rows = () => [...body.querySelectorAll(":scope > [data-row]")];
  const living = () => rows().filter((row) => !row.hidden);

  function prepare(row) {
    const box = row.querySelector("[data-delete]");
    if (box) box.hidden = true;
    const remover = row.querySelector("[data-remove-row]");
    if (remover) remover.hidden = false;
    if (row.querySelector('[data-delete] input')?.checked) row.hidden = true;
  }

  function renumber() {
    living().forEach((row, index) => {
      row.querySelector("[data-row-number]").textContent = index + 1;
    });
    adder.disabled = Number(total.value) >= most;
    body.dispatchEvent(new CustomEvent("input", { bubbles: true }));
  }

  function add() {
    if (Number(total.value) >= most) return null;
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.querySelector("[data-row]");
    total.value = Number(total.value) + 1;
    body.append(row);
    prepare(row);
    renumber();
    return row;
  }

  // A removed row is hidden and marked, never taken out: the numbers of the others must stay as they are.
  function remove(row) {
    const near = living()[living().indexOf(row) + 1] ?? living()[living().indexOf(row) - 1];
    const box = row.querySelector("[data-delete] input");
    if (box) box.checked = true;
    else for (const field of row.querySelectorAll("input:not([type=hidden]), select, textarea")) field.value = "";
    row.hidden = true;
    for (const field of row.querySelectorAll("[required]")) field.required = false;
    renumber();
    (near?.querySelector("input:not([type=hidden]), select") ?? adder).focus();
  }

  rows().forEach(prepare);
  adder.hidden = false;
  renumber();
  adder.addEventListener("click", () => add()?.querySelector("input:not([type=hidden]), select")?.focus());
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (button) remove(button.closest("[data-row]"));
  });
  body.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || event.isComposing) return;
    if (event.key === "Delete" && event.ctrlKey) {
      event.preventDefault();
      remove(row);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) {
      event.preventDefault();
      const column = event.target.closest("td").cellIndex;
      const next = living()[living().indexOf(row) + 1] ?? add();
      next?.cells[column].querySelector("input:not([type=hidden]), select")?.focus();
    }
  });
}
