import { serveDownload } from "~/server/api/serve-download";

export const dynamic = "force-dynamic";

/** Files out of an archive, by a ticket of `downloads.prepare`. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ ticket: string }> },
): Promise<Response> {
  return serveDownload(request, (await params).ticket);
}

/** Else Next would answer it as a GET, and the ticket would be gone. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } });
}
