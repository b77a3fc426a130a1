"use client";

import { Download } from "lucide-react";
import { buttonStyle } from "~/components/ui/button-style";
import { exportHref, type JournalFilters } from "./journal-input";

/** The entries of these filters as files. Plain links: what fetches pages ahead must not export anything. */
export function JournalExport({ filters }: { filters: JournalFilters }) {
  return (
    <>
      <a className={buttonStyle()} href={exportHref(filters, "csv")} download>
        <Download aria-hidden />
        CSV
      </a>
      <a className={buttonStyle()} href={exportHref(filters, "jsonl")} download>
        <Download aria-hidden />
        JSON lines
      </a>
    </>
  );
}
