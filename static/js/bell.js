// How much is new, asked every half minute while the page is looked at; slower and slower while the house is away.
const bells = document.querySelectorAll("[data-bell]");
const EVERY = 30_000;
const LONGEST = 10 * 60_000;
const KEPT = `bell:${document.body.dataset.user}`;
let wait = EVERY;
let timer;
let asking = false;

function show(count) {
  for (const bell of bells) {
    const badge = bell.querySelector(".count");
    badge.textContent = count > 99 ? "99+" : count;
    badge.hidden = !count;
    bell.setAttribute("aria-label", count ? `消息，${count} 条新` : "消息");
  }
}

async function ask() {
  clearTimeout(timer);
  if (asking || document.hidden) return;
  asking = true;
  try {
    // The browser keeps the last answer and asks by its ETag: mostly a 304 without a body.
    const answer = await fetch(bells[0].dataset.bell, { cache: "no-cache", redirect: "manual" });
    // Logged out meanwhile: the next page asks for the log-in.
    if (answer.type === "opaqueredirect" || answer.status === 403) return;
    if (!answer.ok) throw new Error(answer.status);
    const { count } = await answer.json();
    sessionStorage.setItem(KEPT, count);
    show(count);
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, LONGEST);
  } finally {
    asking = false;
  }
  timer = setTimeout(ask, wait);
}

if (bells.length) {
  // What the last page knew, until the answer is here.
  show(Number(sessionStorage.getItem(KEPT)));
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", () => {
    wait = EVERY;
    ask();
  });
  ask();
}
