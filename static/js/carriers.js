// The arrival follows the carrier that is chosen, and the 监督检查 the arrival, until a person sets them by hand.
const HOUR = 3600000;

const text = (moment) => {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
  return local.toISOString().slice(0, 16);
};

for (const carrier of document.querySelectorAll("[data-arrivals]")) {
  const arrivals = JSON.parse(carrier.dataset.arrivals);
  const expected = carrier.form?.elements.namedItem("expected_at");
  const check = carrier.form?.elements.namedItem("check_at");
  const byHand = new Set();
  for (const field of [expected, check]) field?.addEventListener("input", () => byHand.add(field));
  carrier.addEventListener("change", () => {
    const arrival = arrivals[carrier.value.trim()];
    if (!arrival || !expected || byHand.has(expected)) return;
    expected.value = arrival;
    if (check && !byHand.has(check)) check.value = text(new Date(new Date(arrival).getTime() + HOUR));
  });
}
