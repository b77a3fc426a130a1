/** Ends this sign-in and goes to the sign-in page. The code for it is loaded when it is wanted. Throws when the server does not answer. */
export async function signOut(): Promise<void> {
  const auth = await import("next-auth/react");
  await auth.signOut({ callbackUrl: "/sign-in" });
}
