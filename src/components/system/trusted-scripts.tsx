import { PUSH_WORKER } from "~/domain/push-worker";

/**
 * The console's only Trusted Types policy: scripts come from our own built files and nowhere else, and text never becomes HTML. Next
 * (16.4, Turbopack) sets `script.src` from plain text when it loads a part of a page later; React (19.3) makes script elements from one
 * empty, inert text, and would put this very text into one if it drew the whole page anew in the browser. All are refused by the content
 * security policy without this. The service worker that shows notes is a script of ours by name.
 */
const POLICY = `
if (window.trustedTypes?.createPolicy) {
  const own = document.currentScript?.textContent;
  const empty = "<" + "script></" + "script>";
  window.trustedTypes.createPolicy("default", {
    createHTML(text) {
      if (text === empty) return text;
      throw new TypeError("text does not become HTML here");
    },
    createScript(text) {
      if (text === own) return text;
      throw new TypeError("text does not become a script here");
    },
    createScriptURL(text) {
      const url = new URL(text, document.baseURI);
      // As it came: the loader finds its part again by the very text it set.
      if (url.origin === location.origin && url.pathname.startsWith("/_next/static/")) return text;
      if (url.href === location.origin + "${PUSH_WORKER}") return text;
      throw new TypeError("scripts come from this server's own files only");
    },
  });
}
`;

/**
 * Stands in the head, in the page itself: Next's async scripts stand before it and may run first, but they load nothing until a script in
 * the body starts them, which the browser reaches after this one. As a file of its own it would keep every page waiting for one more answer.
 */
export function TrustedScripts({ nonce }: { nonce: string | undefined }) {
  return (
    <script nonce={nonce} suppressHydrationWarning>
      {POLICY}
    </script>
  );
}
