import type { RadioChoice } from "~/components/ui/radio-group";
import type { Destination } from "./use-other";
import type { Place } from "./use-wizard";

/** Why a place cannot be chosen; null: it can. */
export type PlaceReasons = Record<Place, string | null>;

/** The places of step 2. One that is not possible stands there disabled, with its reason in place of its hint. */
export function placeChoices(home: Destination, reasons: PlaceReasons): RadioChoice<Place>[] {
  const choices: RadioChoice<Place>[] = [
    {
      value: "restore-folder",
      label: `The restore folder of ${home.name}`,
      hint: home.policy ? <NewFolderBelow folder={home.policy.restoreFolder} /> : null,
    },
    {
      value: "folder",
      label: `A folder of my choice on ${home.name}`,
      hint: home.policy?.restorePaths.length
        ? "Below a folder that the machine's own policy allows."
        : "Below the restore folder. For others add them to “restorePaths” in policy.json on the machine.",
    },
    {
      value: "original",
      label: `The original place on ${home.name}`,
      hint: "Each file where it was when it was backed up.",
    },
    {
      value: "another",
      label: "Another machine",
      hint: "It gets what is chosen and nothing else. Both machines' journals name who asked for it.",
    },
    {
      value: "download",
      label: "This browser",
      hint: "One file as it is, several as tar.zst or zip. Streamed: nothing is kept on the server.",
    },
    {
      value: "server-folder",
      label: "The storage server itself",
      hint: "A new folder there that only its root account reads, for whoever administers that machine.",
    },
  ];
  return choices.map((choice) => {
    const why = reasons[choice.value];
    return why === null ? choice : { ...choice, hint: why, disabled: true };
  });
}

export function NewFolderBelow({ folder }: { folder: string }) {
  return (
    <>
      A new folder of its own below <code className="break-all font-mono">{folder}</code>. Nothing that exists
      is touched. Right for most.
    </>
  );
}
