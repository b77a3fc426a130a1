import { BbsError, readRefusal } from "./bbs-error";
import { type BbsClientOptions, safeUrl } from "./create-bbs-client";
import { pinnedFetch } from "./pinned-fetch";

/**
 * Takes a download by the address that `downloads.prepare` gave, with the same token: `client.downloads.prepare.mutate(...)` first. The body
 * is a stream; one that breaks off fails while it is read. Throws a BbsError when it is refused.
 */
export async function fetchDownload(options: BbsClientOptions, address: string): Promise<Response> {
  const call = options.fingerprint ? pinnedFetch(options.fingerprint) : fetch;
  const answer = await call(safeUrl(options.url) + address, {
    headers: { authorization: `Bearer ${options.token}` },
  });
  if (answer.ok) return answer;
  const told: unknown = await answer.json().catch(() => null);
  const refusal =
    typeof told === "object" && told !== null && "error" in told
      ? readRefusal({ refusal: told.error })
      : null;
  throw refusal
    ? new BbsError(refusal.code, refusal.say)
    : new BbsError("fault", "The server could not send it.");
}
