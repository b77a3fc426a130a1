"use client";

import type { ReactNode } from "react";
import { Button } from "~/components/ui/button";
import { toast } from "~/components/ui/toast";
import { signOut } from "./sign-out";

/** One step of signing in: what is asked, and the way out. */
export function StepCard({ title, say, children }: { title: string; say: ReactNode; children: ReactNode }) {
  return (
    <section className="grid gap-4 rounded-lg border bg-panel p-5">
      <div className="grid gap-1">
        <h1 className="font-semibold text-lg">{title}</h1>
        <p className="text-ink-soft">{say}</p>
      </div>
      {children}
      <div className="border-t pt-3">
        <Button variant="quiet" size="small" className="-ml-2" onClick={() => void leave()}>
          Sign in as somebody else
        </Button>
      </div>
    </section>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch {
    toast.failed("You are still signed in", "The server did not answer. Try again in a minute.");
  }
}
