// A line of an order: choosing a product fills in its specification, unit, price and tolerance; what departs from the
// reference in force is said beside the price at once, and how much of it lies free in stock beside the stock part. The
// server counts and compares again when it saves.
const form = document.querySelector("[data-prices]")?.closest("form");
const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
const plain = (text) => {
  const clean = text.replace(/[,，\s]/g, "");
  return clean.includes(".") ? clean.replace(/0+$/, "").replace(/\.$/, "") : clean;
};

// What was filled in by us may be replaced by us; what was typed may not.
function fill(row, name, value) {
  const input = field(row, name);
  const ours = row.dataset[`filled${name.replace("_", "")}`];
  if (!input || value === undefined || (input.value !== "" && input.value !== ours)) return;
  input.value = value;
  row.dataset[`filled${name.replace("_", "")}`] = value;
}

function compare(row) {
  const output = row.querySelector("[data-reference]");
  const price = field(row, "price");
  if (!output || row.dataset.reference === undefined) return;
  const reference = row.dataset.reference;
  const departs = reference === "" || (price.value !== "" && plain(price.value) !== plain(reference));
  output.textContent = reference === "" ? "没有参考价，须核准" : `${departs ? "偏离 · " : ""}参考 ${reference}（${row.dataset.source}）`;
  output.className = departs ? "helptext text-danger" : "helptext";
}

const number = (text) => Number(plain(text || "")) || 0;
const code = (row) => field(row, "product").value.trim().split(/\s+/)[0].toUpperCase();
const shown = (quantity) => quantity.toLocaleString("en-US", { maximumFractionDigits: 3 });

// What is free is there once for all rows of a product; what a row has reserved already is its own.
function stock() {
  const listed = rows().map((row) => {
    const output = row.querySelector("[data-free]");
    const { free, of, unit, ours, oursOf } = output.dataset;
    const own = oursOf === code(row) ? number(ours) : 0;
    const wanted = Math.max(0, number(field(row, "from_stock").value) - own);
    return { output, code: code(row), known: of !== "" && of === code(row), free: number(free), unit, own, wanted };
  });
  for (const { output, known, free, unit, own, code: product } of listed) {
    const asked = listed.filter((each) => each.code === product).reduce((sum, each) => sum + each.wanted, 0);
    const short = known && Math.round(asked * 1000) > Math.round(free * 1000);
    const said = `可用现货 ${shown(free)} ${unit}${own ? `，本行已预留 ${shown(own)}` : ""}`;
    output.textContent = known ? `${short ? "现货不足 · " : ""}${said}` : "";
    output.className = short ? "helptext text-danger" : "helptext";
  }
}

async function look(row) {
  const product = field(row, "product").value.trim();
  if (!product) return;
  const asked = new URLSearchParams({
    product,
    quantity: field(row, "quantity").value,
    customer: form.querySelector("[data-prices]").dataset.customer || form.querySelector('[name="customer"]')?.value || "",
  });
  const turn = (row.dataset.asked = String(Number(row.dataset.asked || 0) + 1));
  try {
    const answer = await fetch(`${form.querySelector("[data-prices]").dataset.prices}?${asked}`);
    if (!answer.ok || turn !== row.dataset.asked) return;
    const said = await answer.json();
    fill(row, "spec", said.spec);
    fill(row, "unit", said.unit);
    fill(row, "price", said.price || undefined);
    fill(row, "tolerance_plus", said.plus);
    fill(row, "tolerance_minus", said.minus);
    if (asked.get("customer")) {
      row.dataset.reference = said.price;
      row.dataset.source = said.source;
    }
    compare(row);
    Object.assign(row.querySelector("[data-free]").dataset, { free: said.free, unit: said.unit, of: code(row) });
    form.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    // No connection: the server fills in and compares when the order is saved.
  }
}

const rows = () => [...form.querySelectorAll("[data-rows] > [data-row]")].filter((row) => !row.hidden);

if (form) {
  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && /-(product|quantity)$/.test(event.target.name)) look(row);
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && /-price$/.test(event.target.name)) compare(row);
    stock();
  });
  // Another customer has other references.
  document.body.addEventListener("htmx:afterSettle", () => rows().forEach(look));
  window.addEventListener("load", () => rows().forEach(look));
}
