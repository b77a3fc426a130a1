/**
 * The console's only Trusted Types policy, loaded before every other script: scripts come from our own built files and nowhere else, and
 * text never becomes HTML. Next (16.4, Turbopack) sets `script.src` from plain text when it loads a part of a page later; React (19.3)
 * makes script elements from one empty, inert text. Both are refused by the content security policy without this.
 */
if (window.trustedTypes?.createPolicy) {
  window.trustedTypes.createPolicy("default", {
    createHTML(text) {
      if (text === "<script></script>") return text;
      throw new TypeError("text does not become HTML here");
    },
    createScriptURL(text) {
      const url = new URL(text, document.baseURI);
      const ours = url.pathname.startsWith("/_next/static/") || url.pathname === "/trusted-types.js";
      // As it came: the loader finds its part again by the very text it set.
      if (url.origin === location.origin && ours) return text;
      throw new TypeError("scripts come from this server's own files only");
    },
  });
}
