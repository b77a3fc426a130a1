"use client";

import { Download, Printer } from "lucide-react";
import { Button } from "~/components/ui/button";
import { CopyButton } from "~/components/ui/copy-button";
import { ExactTime } from "~/components/ui/exact-time";
import { useNow } from "~/components/ui/now";

/** New recovery codes, shown only now: to copy, to keep as a file, or to print. */
export function RecoveryCodeList({ codes }: { codes: readonly string[] }) {
  const { now } = useNow();
  const text = `${codes.join("\n")}\n`;
  return (
    <div data-paper className="grid gap-3">
      <p className="hidden print:block">
        Borg Backup Server at {typeof window === "undefined" ? "" : window.location.host}: recovery codes,
        printed <ExactTime at={now} />. Each works once.
      </p>
      <ul
        aria-label="Recovery codes"
        className="grid grid-cols-1 gap-x-6 gap-y-1 rounded-md border bg-sunken p-3 font-mono text-[0.8125rem] sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2 print:hidden">
        <CopyButton text={text} label="Copy them" size="medium" />
        <Button onClick={() => download(text)}>
          <Download aria-hidden />
          Download
        </Button>
        <Button onClick={() => window.print()}>
          <Printer aria-hidden />
          Print
        </Button>
      </div>
    </div>
  );
}

function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "bbs-recovery-codes.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
