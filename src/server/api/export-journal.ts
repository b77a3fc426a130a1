import { z } from "zod";
import { clientId, userId } from "~/domain/id";
import { JOURNAL_GROUPS } from "~/domain/journal-group";
import { Refusal } from "~/domain/refusal";
import { CSV_HEAD, entryAsCsv, entryAsJsonLine } from "../journal/entry-as-text";
import { exportEntries } from "../journal/export-entries";
import { createApiContext } from "./context";
import { noteDenial } from "./note-denial";
import { refusalResponse } from "./refusal-response";
import { whereFrom } from "./same-origin";
import { demandPermission } from "./trpc";

/** The query of GET /api/journal/export, by the names that the Journal page has in its address. */
const asked = z.object({
  format: z.enum(["csv", "jsonl"]).default("csv"),
  group: z.enum(JOURNAL_GROUPS).optional(),
  person: userId.optional(),
  clientId: clientId.optional(),
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  search: z.string().trim().max(200).optional(),
});

/**
 * GET /api/journal/export: the entries of a filter as a file, sent while they are read. For admins, by sign-in or by a token that may
 * administer. It leaves an entry in the journal, so another site may not make a browser ask for it.
 */
export async function exportJournal(request: Request): Promise<Response> {
  try {
    const ctx = await createApiContext(request.headers);
    const byToken = request.headers.has("authorization");
    // "none": the person typed the address.
    const typed = request.headers.get("sec-fetch-site") === "none";
    if (!byToken && !typed && whereFrom(request.headers) === "elsewhere") {
      throw new Refusal("forbidden", { say: "This request came from another site." });
    }
    const actor = allowed(() => demandPermission(ctx.actor, "administer"), ctx);
    const parsed = asked.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) {
      const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
      throw new Refusal("invalid-input", { say: `This cannot be asked for. ${wrong.join("; ")}.` });
    }
    const { format, ...filter } = parsed.data;
    const pieces = await exportEntries({ ...ctx, actor }, filter, format);
    const name = `journal-${ctx.now.toISOString().slice(0, 10)}.${format}`;
    return new Response(streamOf(pieces, format), {
      headers: {
        "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return refusalResponse(error, "journal.export");
  }
}

function allowed<T>(demand: () => T, ctx: Awaited<ReturnType<typeof createApiContext>>): T {
  try {
    return demand();
  } catch (error) {
    if (error instanceof Refusal) noteDenial(ctx, "journal.export", { cause: error });
    throw error;
  }
}

type Pieces = Awaited<ReturnType<typeof exportEntries>>;

/** Read as fast as it is taken, no faster; whoever goes away ends the reading. */
function streamOf(pieces: Pieces, format: "csv" | "jsonl"): ReadableStream<Uint8Array> {
  const text = new TextEncoder();
  const line = format === "csv" ? entryAsCsv : entryAsJsonLine;
  return new ReadableStream({
    start(controller) {
      if (format === "csv") controller.enqueue(text.encode(CSV_HEAD));
    },
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(text.encode(value.map(line).join("")));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
