// A signature drawn with finger, pen or mouse: data-signature names the hidden field of the same form that takes it as
// a PNG. Without a script the name is typed instead.
for (const pad of document.querySelectorAll("[data-signature]")) {
  const canvas = pad.querySelector("canvas");
  const field = pad.closest("form").elements.namedItem(pad.dataset.signature);
  const pen = canvas.getContext("2d");
  pad.hidden = false;
  fit();
  field.value = "";

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
    // A dot is a stroke too.
    pen.lineTo(...place(event));
    pen.stroke();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    field.value = canvas.toDataURL("image/png");
  });
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
  });

  // Twice as fine as the page, and never larger than what the server takes.
  function fit() {
    canvas.width = Math.min(canvas.clientWidth * 2, 1400);
    canvas.height = canvas.clientHeight * 2;
    pen.lineWidth = 5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#1a2027";
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * canvas.width) / box.width,
      ((event.clientY - box.top) * canvas.height) / box.height,
    ];
  }
}
