// Live amounts of order lines, in whole ten-thousandths by BigInt: what is shown is what the server will count.
// In each [data-row]: inputs named …-quantity and …-price, an output [data-amount]; in the form one [data-total].
const SCALE = 4;

export function parse(text) {
  const clean = String(text ?? "").replace(/[,,\s¥¥]/g, "");
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(clean);
  if (!match || (!match[2] && !match[3])) return null;
  const fraction = (match[3] ?? "").slice(0, SCALE).padEnd(SCALE, "0");
  const units = BigInt((match[2] || "0") + fraction);
  return match[1] ? -units : units;
}

// quantity × price in 1/10^8, rounded half up to whole fen.
export function fen(quantity, price) {
  const product = quantity * price;
  const half = product < 0n ? -500000n : 500000n;
  return (product + half) / 1000000n;
}

export function yuan(amount) {
  const sign = amount < 0n ? "-" : "";
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}¥${whole}.${digits.slice(-2)}`;
}

const valueOf = (row, name) => parse(row.querySelector(`[name$="-${name}"], [data-${name}]`)?.value);

function recount(scope) {
  let total = 0n;
  for (const row of scope.querySelectorAll("[data-rows] > [data-row]")) {
    const output = row.querySelector("[data-amount]");
    if (!output) continue;
    const quantity = valueOf(row, "quantity");
    const price = valueOf(row, "price");
    const amount = quantity === null || price === null ? null : fen(quantity, price);
    output.textContent = amount === null ? "—" : yuan(amount);
    if (amount !== null && !row.hidden) total += amount;
  }
  const output = scope.querySelector("[data-total]");
  if (output) output.textContent = yuan(total);
}

function all() {
  for (const formset of document.querySelectorAll("[data-formset]")) {
    if (formset.querySelector("[data-amount]")) recount(formset);
  }
}

document.addEventListener("input", all);
document.addEventListener("change", all);
all();
