// A pallet's code from the camera, where the browser reads codes itself; a keyboard-wedge types into the field and
// sends it with Enter, which needs no script.
const form = document.querySelector("[data-scan]");
const button = form?.querySelector("[data-scan-camera]");

if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
  const view = form.querySelector("[data-scan-view]");
  const field = form.elements.namedItem("code");
  button.hidden = false;
  button.addEventListener("click", async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.textContent = "摄像头不可用，请手输";
      button.disabled = true;
      return;
    }
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    field.value = await read(view);
    stream.getTracks().forEach((track) => track.stop());
    navigator.vibrate?.(80);
    form.requestSubmit();
  });
}

// The code held in front of the camera; asked four times a second.
async function read(view) {
  const detector = new BarcodeDetector({ formats: ["qr_code", "code_128"] });
  for (;;) {
    const [found] = await detector.detect(view);
    if (found) return found.rawValue;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
