"use client";

import { useQuery } from "@tanstack/react-query";
import { FolderTree } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { useLate } from "~/components/ui/late";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { fromPlanPath, planPath } from "./disk-path";
import { NoLookNote } from "./no-look-note";
import { whyNoLook } from "./why-no-look";

const loadWalker = () => import("./disk-walker");

/** Picks directories of a plan from the machine's own tree. `chosen` are the plan's; what is ticked beside them is handed to `choose`. */
export function ChooseOnMachine({
  clientId,
  chosen,
  choose,
}: {
  clientId: string;
  chosen: readonly string[];
  choose: (paths: string[]) => void;
}) {
  if (clientId === "") return null;
  return (
    <May action="browse-live-disk" client={clientId}>
      <Chooser clientId={clientId} chosen={chosen} choose={choose} />
    </May>
  );
}

function Chooser({ clientId, chosen, choose }: Parameters<typeof ChooseOnMachine>[0]) {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const { part, want } = useLate(loadWalker);
  const [path, setPath] = useState("");
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const { data: client } = useQuery({ ...trpc.clients.get.queryOptions({ id: clientId }), enabled: isOpen });
  const why = client ? whyNoLook(client) : null;
  const ticks = {
    has: (at: string) => ticked.has(at),
    mayTick: (at: string) => planPath(at) !== null,
    toggle: (at: string) => {
      const next = new Set(ticked);
      if (!next.delete(at)) next.add(at);
      setTicked(next);
    },
  };
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(open) => {
        setOpen(open);
        if (!open) return;
        want();
        setTicked(new Set(chosen.filter((one) => one.startsWith("/")).map(fromPlanPath)));
      }}
      title="Choose on the machine"
      description="Tick what the plan reads; everything in a folder comes with it."
      className="sm:max-w-3xl"
      trigger={
        <Button size="small">
          <FolderTree aria-hidden />
          Choose on the machine
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button
            variant="primary"
            disabled={why !== null}
            onClick={() => {
              choose([...ticked].flatMap((at) => planPath(at) ?? []).sort());
              setOpen(false);
            }}
          >
            Take {formatCount(ticked.size)} {ticked.size === 1 ? "directory" : "directories"}
          </Button>
        </>
      }
    >
      <div className="max-h-[60vh] min-h-48 overflow-y-auto">
        {why ? <NoLookNote why={why} /> : null}
        {client && !why && part ? (
          <part.DiskWalker client={client} path={path} open={setPath} ticks={ticks} />
        ) : null}
      </div>
    </Dialog>
  );
}
