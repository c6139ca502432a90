// Codes typed by a keyboard-wedge, photographed, or held in front of the camera are sent one after the other without
// leaving the page, and what the server says of each is shown, heard and felt. Without this script the form sends itself.
const page = document.querySelector("[data-scan-page]");
const said = document.querySelector("[data-scan-said]");
const live = document.querySelector("[data-scan-live]");
const SAME_AGAIN = 2000;

const form = () => page.querySelector("[data-scan] form");

if (page && said && live && form()) {
  // Before submit-once.js hears of it: the next code may come while this one is on its way.
  document.addEventListener("submit", take, true);
  page.addEventListener("change", (event) => {
    if (event.target.name === "photo" && event.target.files.length) event.target.form.requestSubmit();
  });
  offerCamera();
}

function take(event) {
  if (event.target !== form()) return;
  event.preventDefault();
  const data = new FormData(event.target);
  event.target.elements.namedItem("code").value = "";
  event.target.elements.namedItem("photo").value = "";
  enqueue(data);
}

let queue = Promise.resolve();

function enqueue(data) {
  queue = queue.then(() => send(data));
  return queue;
}

async function send(data) {
  const now = form();
  if (!now) return tell(false, "此发货已不再拣货。");
  // Each is a form of its own: the page brings a new key after each answer.
  data.set("key", now.elements.namedItem("key").value);
  const name = data.get("code") || "照片";
  tell(undefined, `正在核对 ${name}……`);
  try {
    const answer = await fetch(location.href, { method: "POST", body: data });
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = whole.querySelector("[data-scan-page]");
    // Logged out meanwhile.
    if (!fresh && answer.redirected) return location.reload();
    const taken = answer.ok && Boolean(fresh);
    tell(taken, words(whole, taken ? ".messages .alert" : fresh ? WHY : "h1"));
    if (fresh) show(fresh);
  } catch {
    tell(false, `${name} 没有扫入：网络不通，请重扫。`);
  }
}

const WHY = "[data-scan] .alert-title, [data-scan] .error-summary li";

function words(whole, selector) {
  return [...whole.querySelectorAll(selector)].map((each) => each.textContent.trim()).join("；");
}

// What is typed meanwhile stays in the field.
function show(fresh) {
  const before = form()?.elements.namedItem("code");
  const typing = before === document.activeElement;
  page.replaceChildren(...fresh.childNodes);
  const field = form()?.elements.namedItem("code");
  if (!field) return stop();
  if (before) field.value = before.value;
  if (typing) field.focus();
}

// Taken, refused, or (undefined) not judged yet.
function tell(taken, text) {
  said.textContent = text;
  said.dataset.tone = taken === undefined ? "" : taken ? "ok" : "danger";
  if (taken === undefined) return;
  navigator.vibrate?.(taken ? 80 : [200, 100, 200]);
  sound(taken ? 880 : 220, taken ? 0.12 : 0.5);
}

let audio;

function sound(pitch, seconds) {
  try {
    audio ??= new AudioContext();
    const voice = audio.createOscillator();
    voice.frequency.value = pitch;
    voice.connect(audio.destination);
    voice.start();
    voice.stop(audio.currentTime + seconds);
  } catch {
    // A browser without sound: the words and the vibration are enough.
  }
}

// --- the camera, where the browser reads codes itself

let stream;

async function offerCamera() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats?.();
  if (!formats?.includes("qr_code") || !navigator.mediaDevices?.getUserMedia) return;
  live.hidden = false;
  live.querySelector("[data-scan-start]").addEventListener("click", start);
  live.querySelector("[data-scan-stop]").addEventListener("click", stop);
  window.addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
}

function shown(running) {
  live.querySelector("[data-scan-start]").hidden = running;
  live.querySelector("[data-scan-stop]").hidden = !running;
  live.querySelector("video").hidden = !running;
}

async function start() {
  const view = live.querySelector("video");
  shown(true);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    view.srcObject = stream;
    await view.play();
    await watch(view, new BarcodeDetector({ formats: ["qr_code"] }));
  } catch {
    tell(false, "摄像头不可用，请用「拍照识别」或手输。");
  } finally {
    stop();
  }
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  live.querySelector("video").srcObject = null;
  shown(false);
}

// The camera stays open from pallet to pallet; a code that stays in sight is sent once.
async function watch(view, detector) {
  let last = "";
  let seen = 0;
  while (stream?.active) {
    const [found] = await detector.detect(view);
    const gone = performance.now() - seen > SAME_AGAIN;
    if (found && (gone || found.rawValue !== last)) {
      last = found.rawValue;
      const data = new FormData(form() ?? undefined);
      data.set("code", last);
      data.delete("photo");
      await enqueue(data);
    }
    if (found) seen = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
