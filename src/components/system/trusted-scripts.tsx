/**
 * The page's only Trusted Types policy: scripts may be loaded from our own built files and nowhere else; text never becomes HTML or
 * code. Next (16.4, Turbopack) sets `script.src` from plain text when it loads a part of the page later, which the content security
 * policy refuses without this.
 */
const POLICY = `
if (window.trustedTypes && window.trustedTypes.createPolicy) {
  window.trustedTypes.createPolicy("default", {
    createScriptURL: function (text) {
      var url = new URL(text, document.baseURI);
      if (url.origin === location.origin && url.pathname.indexOf("/_next/static/") === 0) return url.href;
      throw new TypeError("scripts come from this server's own files only");
    }
  });
}`;

/** Stands in the head, before any other script. */
export function TrustedScripts({ nonce }: { nonce: string | undefined }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant text, and it must run before all others.
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: POLICY }} />;
}
