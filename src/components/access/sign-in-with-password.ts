/** Signs in. Null: done. Else why not, for the person. */
export async function signInWithPassword(given: { email: string; password: string }): Promise<string | null> {
  try {
    const { signIn } = await import("next-auth/react");
    const answer = await signIn("password", { ...given, redirect: false });
    if (answer?.ok && !answer.error) return null;
    if (answer?.status === 429 || answer?.error?.includes("rate-limited")) {
      return "Too many tries. Wait five minutes, then try again.";
    }
    if (answer?.status === 401 || answer?.error === "CredentialsSignin") {
      return "This e-mail and password do not belong together. Check both and try again.";
    }
    return "The server could not check your password just now. Try again in a minute.";
  } catch {
    return "The server did not answer. Check that it runs, then try again.";
  }
}
