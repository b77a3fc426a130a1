"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Section } from "~/components/ui/section";

/** So few left are worth a warning. */
const FEW = 3;

/** How many recovery codes are left, and new ones. `possible`: there is a factor that they stand in for. */
export function RecoverySection({
  left,
  possible,
  busy,
  make,
}: {
  left: number;
  possible: boolean;
  busy: boolean;
  make: () => Promise<void>;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <Section
      title="Recovery codes"
      note="Ten codes on paper for the day your phone or key is lost. Each works once."
      boxed
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        {possible ? (
          <Badge tone={left > FEW ? "ok" : "warn"}>
            {left > FEW ? <CircleCheck aria-hidden /> : <TriangleAlert aria-hidden />}
            {left === 0 ? "None left" : `${left} left`}
          </Badge>
        ) : (
          <span className="text-ink-soft">They come with your first second factor.</span>
        )}
        {left > 0 ? (
          <Dialog
            trigger={<Button busy={busy}>Make new ones</Button>}
            title="Make new recovery codes?"
            open={asking}
            onOpenChange={setAsking}
            footer={
              <>
                <Button onClick={() => setAsking(false)}>Keep the old ones</Button>
                <Button
                  variant="primary"
                  onClick={() => {
                    setAsking(false);
                    void make();
                  }}
                >
                  Make new ones
                </Button>
              </>
            }
          >
            <p>The codes that you have kept stop working at once. Destroy them and keep the new ones.</p>
          </Dialog>
        ) : null}
      </div>
    </Section>
  );
}
