/** Light, dark, or what the browser's system says. Kept in a cookie, so that the first byte already has the right colours. */
export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];
export const THEME_COOKIE = "bbs-theme";
const YEAR_SECONDS = 31_536_000;

export function readTheme(text: string | undefined): Theme {
  return THEMES.find((theme) => theme === text) ?? "system";
}

/** The theme of the page as it stands. */
export function currentTheme(): Theme {
  return readTheme(document.documentElement.dataset.theme);
}

/** Changes the page at once and every later one. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  rememberChoice(THEME_COOKIE, theme);
}

/** Remembers a choice of this browser for a year; not a secret, readable by the server. */
export function rememberChoice(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR.
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}
