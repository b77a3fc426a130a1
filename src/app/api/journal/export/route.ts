import { exportJournal } from "~/server/api/export-journal";

export const dynamic = "force-dynamic";

/** The journal as a file. */
export function GET(request: Request): Promise<Response> {
  return exportJournal(request);
}
