"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { useLate } from "~/components/ui/late";
import type { PlanDraft } from "~/domain/plan-input";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { NoLookNote } from "./no-look-note";
import { whyNoLook } from "./why-no-look";

const loadTest = () => import("./pattern-test");

/** Tries the patterns of a plan that is being edited on the machine's real tree, as long as it is open. */
export function ExcludeTester() {
  const { control } = useFormContext<PlanDraft>();
  const clientId = useWatch({ control, name: "clientId" });
  if (clientId === "") return null;
  return (
    <May action="browse-live-disk" client={clientId}>
      <Tester clientId={clientId} />
    </May>
  );
}

function Tester({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const { part, want, warm } = useLate(loadTest);
  const { data: client } = useQuery({ ...trpc.clients.get.queryOptions({ id: clientId }), enabled: isOpen });
  const why = client ? whyNoLook(client) : null;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <div>
        <Button
          size="small"
          aria-expanded={isOpen}
          onPointerEnter={warm}
          onFocus={warm}
          onClick={() => {
            want();
            setOpen(!isOpen);
          }}
        >
          <FlaskConical aria-hidden />
          {isOpen ? "Stop testing" : "Test on the machine"}
        </Button>
      </div>
      {isOpen && why ? <NoLookNote why={why} /> : null}
      {isOpen && client && !why && part ? <part.PatternTest clientId={clientId} /> : null}
    </div>
  );
}
