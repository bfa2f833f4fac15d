// Passkeys. The form stands hidden until the browser knows them; the device's answer goes along with it.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const ids = list => (list || []).map(one => ({ ...one, id: bytes(one.id) }));

async function answer(form) {
  const asked = await fetch(form.dataset.passkey, { method: 'POST', credentials: 'same-origin' });
  if (!asked.ok) throw new Error(asked.status);
  const publicKey = await asked.json();
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.allowCredentials = ids(publicKey.allowCredentials);
  publicKey.excludeCredentials = ids(publicKey.excludeCredentials);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  const made = await navigator.credentials[publicKey.user ? 'create' : 'get']({ publicKey });
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = made.response;
  return JSON.stringify({
    id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
    response: {
      clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject),
      authenticatorData: text(authenticatorData), signature: text(signature), userHandle: text(userHandle),
    },
  });
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue;
  for (const part of document.querySelectorAll('[data-passkey-only]')) part.hidden = false;
  for (const part of document.querySelectorAll('[data-passkey-without]')) part.hidden = true;
  const said = form.querySelector('[role=status]');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    said.textContent = '';
    try {
      form.elements.credential.value = await answer(form);
      form.submit();
    } catch {
      said.textContent = form.dataset.failed;
    }
    form.elements.credential.value = '';
  });
}
