import { serveReleaseFile } from "~/server/agent-api/serve-release-file";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

/** A file of a release, for an agent. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ sha256: string }> },
): Promise<Response> {
  return serveReleaseFile(request, (await params).sha256);
}

/** Else Next would read the whole file to answer it. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } });
}
