import { useState } from "preact/hooks";

import { ApiFailure, sentence } from "../api/client.ts";
import { signIn } from "../api/session.ts";

export function SignInPage() {
  const [key, setKey] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await signIn(key.trim());
    } catch (failure) {
      const wrong = failure instanceof ApiFailure && failure.signedOut;
      setError(wrong ? "This is not one of the service's API_KEYS." : sentence(failure));
    }
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h1>LeviBot</h1>
        <p>This service is protected. Sign in with one of its API keys; it is exchanged once and kept nowhere in this browser.</p>
        <label class="field">
          <span>API key</span>
          <input
            class="input"
            type="password"
            autocomplete="current-password"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        {error !== undefined && (
          <p class="note note-bad" role="alert">
            {error}
          </p>
        )}
        <button type="submit" class="button button-main" disabled={busy || key.trim() === ""}>
          Sign in
        </button>
      </form>
    </main>
  );
}
