"use client";

import { whyTargetForbidden } from "~/domain/restore-target";
import { useClientChoices } from "../plans/use-choices";
import type { Api } from "../system/api";
import { useMayAdminister } from "../system/use-may";
import type { PlaceReasons } from "./place-choices";
import { type Destination, homeOf, useOther } from "./use-other";
import type { Place, Wizard } from "./use-wizard";

/** Where the wizard's restore can go and why not elsewhere, and whether what is chosen can. */
export function usePlaces(options: Api["restores"]["options"], wizard: Wizard) {
  const home = homeOf(options);
  const other = useOther(wizard.to === "another" ? wizard.onto : "");
  const others = useClientChoices("restore").filter(({ value }) => value !== home.id);
  const isAdmin = useMayAdminister();
  const notEnrolled = home.policy
    ? null
    : `${home.name} is not enrolled, so it cannot write anything. Enrol it again, or choose another place.`;
  const reasons: PlaceReasons = {
    "restore-folder": notEnrolled,
    folder: notEnrolled,
    original: notEnrolled ?? options.whyNotOriginal,
    another: others.length > 0 || other.machine ? null : "There is no other machine that you may restore to.",
    download: null,
    "server-folder": isAdmin ? null : "Only an admin may have files written on the server.",
  };
  /** Null: nothing of ours writes, or it is not chosen yet. */
  const machine = wizard.to === "another" ? other.machine : IN_NO_MACHINE.includes(wizard.to) ? null : home;
  const folderProblem =
    wizard.target.kind === "folder"
      ? (wizard.folderProblem ?? whyFolderForbidden(machine, wizard.folder))
      : null;
  const chosenWrong = wizard.to === "another" && !machine?.policy;
  return {
    ...{ home, other, others, machine, reasons, folderProblem },
    ready: reasons[wizard.to] === null && folderProblem === null && !chosenWrong,
    /** The other machine has not come, so nothing can be judged. */
    coming: wizard.to === "another" && wizard.onto !== "" && !other.machine && !other.error,
  };
}

const IN_NO_MACHINE: readonly Place[] = ["download", "server-folder"];

export type Places = ReturnType<typeof usePlaces>;

function whyFolderForbidden(machine: Destination | null, path: string): string | null {
  if (!machine?.policy) return null;
  const target = { kind: "folder", path } as const;
  return whyTargetForbidden({ ...machine.policy, restoreToOriginal: false }, target, { madeByClient: true });
}
