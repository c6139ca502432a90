// A form that needs a passkey: the browser is asked first, its answer goes along in the hidden field `answer`.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

function decoded(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    for (const each of options[list] ?? []) each.id = bytes(each.id);
  }
  return options;
}

function encoded(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

for (const place of document.querySelectorAll("[data-passkey]")) {
  const form = place.matches("form") ? place : place.querySelector("form");
  const trouble = place.querySelector("[data-passkey-trouble]");
  // On the form itself: before the document hears of it and takes the form for sent.
  form.addEventListener("submit", async (event) => {
    const answer = form.elements.namedItem("answer");
    if (answer.value) return;
    event.preventDefault();
    trouble.hidden = true;
    try {
      const publicKey = decoded(JSON.parse(place.dataset.options));
      answer.value = encoded(await navigator.credentials[place.dataset.passkey]({ publicKey }));
      form.requestSubmit();
    } catch (error) {
      trouble.textContent =
        error.name === "InvalidStateError" ? "这台设备上已经有您的通行密钥。" : "没有完成，请再试一次，或换一种方式。";
      trouble.hidden = false;
    }
  });
}
