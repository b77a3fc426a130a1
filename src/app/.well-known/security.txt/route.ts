import { securityTxt } from "~/server/system/security-contact";

export const dynamic = "force-dynamic";

/** Whom to tell of a vulnerability (RFC 9116). */
export function GET(): Response {
  return new Response(securityTxt(new Date()), {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
}
