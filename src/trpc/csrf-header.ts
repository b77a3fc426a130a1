import { CSRF_HEADER, CSRF_RENEWED_HEADER, cookieValue, csrfCookieName } from "~/domain/csrf";

/** The header by which a change shows that it comes from a page of ours (server/api/csrf-token). Without a cookie: nothing. */
function csrfHeader(): Record<string, string> {
  const https = window.location.protocol === "https:";
  const token =
    cookieValue(document.cookie, csrfCookieName(https)) ??
    cookieValue(document.cookie, csrfCookieName(false));
  return token ? { [CSRF_HEADER]: token } : {};
}

/** `fetch` that asks once more when the server has just handed out another token: somebody signed in anew in another tab. */
export async function fetchWithCsrf(
  input: RequestInfo | URL | string,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, withToken(init));
  if (response.status !== 403 || !response.headers.has(CSRF_RENEWED_HEADER)) return response;
  return fetch(input, withToken(init));
}

function withToken(init: RequestInit | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(csrfHeader())) headers.set(name, value);
  return { ...init, headers };
}
