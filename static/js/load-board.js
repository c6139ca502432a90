// Work moved by dropping it on another cell, or by Alt + arrows while it is focused. The server judges and says why not.
const board = document.querySelector("[data-board]");
const form = document.querySelector("form[data-drop]");

function send(work, cell) {
  if (!cell || cell === work.closest("td")) return;
  if (cell.parentElement.dataset.step !== work.closest("tr").dataset.step) {
    document.querySelector("[data-told]").textContent = "只能移到同一工序的机台。";
    return;
  }
  const here = work.closest("td");
  form.elements.number.value = work.dataset.order;
  form.elements.slot_id.value = work.dataset.slot;
  form.elements.from_machine.value = here.dataset.machine;
  form.elements.from_day.value = here.dataset.day;
  form.elements.machine.value = cell.dataset.machine;
  form.elements.day.value = cell.dataset.day;
  form.requestSubmit();
}

function besides(work, key) {
  const cell = work.closest("td");
  const row = cell.parentElement;
  if (key === "ArrowLeft") return cell.previousElementSibling?.matches("td") ? cell.previousElementSibling : null;
  if (key === "ArrowRight") return cell.nextElementSibling;
  const other = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  return other?.children[cell.cellIndex] ?? null;
}

// What was moved, or could not be, is in focus again: another key moves it on.
function refocus() {
  const moved = location.hash.match(/^#slot-(\d+)$/)?.[1] ?? form.elements.slot_id.value;
  if (moved) board.querySelector(`[data-slot="${CSS.escape(moved)}"]`)?.focus();
}

if (board && form) {
  let dragged = null;
  refocus();
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-slot]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.slot);
  });
  board.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (!dragged || !cell) return;
    event.preventDefault();
    board.querySelector(".is-over")?.classList.remove("is-over");
    cell.classList.add("is-over");
  });
  board.addEventListener("dragend", () => board.querySelector(".is-over")?.classList.remove("is-over"));
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged) send(dragged, event.target.closest("td[data-day]"));
    dragged = null;
  });
  board.addEventListener("keydown", (event) => {
    const work = event.target.closest("[data-slot]");
    if (!work || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    send(work, besides(work, event.key));
  });
}
