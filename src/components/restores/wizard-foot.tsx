import type { ReactNode } from "react";
import { Button } from "~/components/ui/button";

/** The end of a step: back to the one before, and whatever goes on. */
export function WizardFoot({ back, children }: { back?: (() => void) | undefined; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-between gap-2 border-t pt-4">
      {back ? <Button onClick={back}>Back</Button> : <span />}
      {children}
    </div>
  );
}
