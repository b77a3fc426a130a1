/** Loads the Trusted Types policy (public/trusted-types.js). Stands in the head, before any other script, and runs before them. */
export function TrustedScripts({ nonce }: { nonce: string | undefined }) {
  return <script nonce={nonce} src="/trusted-types.js" suppressHydrationWarning />;
}
