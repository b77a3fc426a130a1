/** Signs in. Null: done. Else why not, for the person. */
export async function signInWithPassword(given: { email: string; password: string }): Promise<string | null> {
  try {
    const { signIn } = await import("next-auth/react");
    const answer = await signIn("password", { ...given, redirect: false });
    if (answer?.ok && !answer.error) return null;
    const refused = refusalIn(answer?.error ?? "");
    if (refused) return refused;
    if (answer?.status === 401 || answer?.error === "CredentialsSignin") {
      return "This e-mail and password do not belong together. Check both and try again.";
    }
    return "The server could not check your password just now. Try again in a minute.";
  } catch {
    return "The server did not answer. Check that it runs, then try again.";
  }
}

/** For what the server says of itself rather than of the password; null: nothing of that kind. */
function refusalIn(error: string): string | null {
  const [code, seconds] = error.split(":");
  switch (code) {
    case "rate-limited":
      return `Too many tries. Try again in ${waitText(Number(seconds))}.`;
    case "limits-unavailable":
      return "The server cannot count tries just now, so it lets nobody in. Try again in a minute; if it stays so, ask an admin.";
    case "forbidden":
      return "Passwords are switched off on this server. Load this page anew and sign in in the other way.";
    case "page-too-old":
    case "other-site":
      return "This page is too old or was opened under another address. Load it anew and try again.";
    default:
      return null;
  }
}

function waitText(seconds: number): string {
  if (!(seconds >= 1)) return "a few minutes";
  if (seconds < 100) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
