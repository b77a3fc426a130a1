import type { ReactNode } from "react";
import { Mark } from "~/components/shell/mark";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh content-start justify-items-center px-4 py-[10vh]">
      <div className="grid w-full max-w-sm gap-6">
        <div className="flex items-center gap-2.5 font-semibold">
          <Mark className="size-7" />
          Borg Backup Server
        </div>
        {children}
      </div>
    </main>
  );
}
