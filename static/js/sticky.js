// Heads of tables stop below the head of the page, whose height depends on what stands in it.
const head = document.querySelector(".page-head");

if (head) {
  const measure = () => {
    const stays = getComputedStyle(head).position === "sticky";
    const bar = document.querySelector(".topbar");
    const height = stays ? head.offsetHeight : bar.offsetHeight;
    document.documentElement.style.setProperty("--head", `${height}px`);
  };
  new ResizeObserver(measure).observe(head);
  addEventListener("resize", measure);
}
