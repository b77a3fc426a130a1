"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { problemOf } from "~/components/ui/problem-of";

/** Asks before a second factor is taken away and says what that means. `lastOne`: nothing else is left then. */
export function RemoveFactor({
  label,
  title,
  lastOne,
  remove,
  onRemoved,
}: {
  label: string;
  title: string;
  lastOne: boolean;
  remove: () => Promise<unknown>;
  onRemoved: () => Promise<unknown>;
}) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function submit() {
    setBusy(true);
    setProblem(null);
    try {
      await remove();
      setOpen(false);
      await onRemoved();
    } catch (error) {
      setProblem(problemOf(error).say);
    }
    setBusy(false);
  }
  return (
    <Dialog
      trigger={
        <Button variant="danger" size="small" data-row-link>
          {label}
        </Button>
      }
      title={title}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setProblem(null);
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Keep it</Button>
          <Button variant="destroy" busy={busy} onClick={() => void submit()}>
            Remove it
          </Button>
        </>
      }
    >
      <p>
        {lastOne
          ? "It is your last second factor: the password alone gets in then, and your recovery codes are deleted. Where an admin demands a second factor you have to set up a new one at once."
          : "It is not accepted any more from now on. Your other second factors stay."}
      </p>
      {problem ? (
        <p role="alert" className="text-fail">
          {problem}
        </p>
      ) : null}
    </Dialog>
  );
}
