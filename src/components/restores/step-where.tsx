"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { RadioGroup } from "~/components/ui/radio-group";
import { type RestoreTarget, whyTargetForbidden } from "~/domain/restore-target";
import type { Api } from "../system/api";

type Options = Api["restores"]["options"];

/** Step 2: where the files go. What the machine's policy does not allow is shown with the reason, not hidden. */
export function StepWhere({
  options,
  target,
  folder,
  folderProblem,
  setTarget,
  setFolder,
  back,
  next,
}: {
  options: Options;
  target: RestoreTarget;
  folder: string;
  folderProblem: string | null;
  setTarget: (kind: RestoreTarget["kind"]) => void;
  setFolder: (folder: string) => void;
  back: () => void;
  next: () => void;
}) {
  const [left, setLeft] = useState(folder !== "");
  const problem = target.kind === "folder" ? (folderProblem ?? forbidden(options, target)) : null;
  const originalReason = options.mayRestoreToOriginal ? null : whyNotOriginal(options);
  return (
    <div className="grid gap-4">
      {options.restoreFolder === null ? (
        <Notice tone="fail" title={`${options.clientName} cannot restore now`}>
          {options.why}
        </Notice>
      ) : options.online ? null : (
        <Notice tone="warn" title={`${options.clientName} is offline`}>
          You may start the restore now; it begins when the machine is back.
        </Notice>
      )}
      <RadioGroup
        label={`Where to on ${options.clientName}`}
        value={target.kind}
        onChange={setTarget}
        choices={[
          {
            value: "restore-folder",
            label: "The machine's restore folder",
            hint: (
              <>
                A new folder of its own below{" "}
                <code className="break-all font-mono">{options.restoreFolder ?? "the restore folder"}</code>.
                Nothing that exists is touched. Right for most.
              </>
            ),
          },
          {
            value: "folder",
            label: "A folder of my choice",
            hint:
              options.restorePaths.length > 0
                ? "Below a folder that the machine's own policy allows."
                : "The machine's own policy allows its restore folder only; add others to restorePaths in policy.json on the machine.",
            disabled: options.restoreFolder === null,
          },
          {
            value: "original",
            label: "The original place",
            hint: originalReason ?? "Replaces what is there now.",
            disabled: originalReason !== null,
          },
        ]}
      />
      {target.kind === "folder" ? (
        <Field
          label="Folder"
          error={left ? (problem ?? undefined) : undefined}
          hint={
            <span className="flex flex-wrap items-center gap-2">
              Allowed:
              {allowedFolders(options).map((path) => (
                <Button key={path} size="small" onClick={() => setFolder(path)}>
                  <code className="font-mono">{path}</code>
                </Button>
              ))}
            </span>
          }
        >
          <Input
            value={folder}
            onChange={(event) => setFolder(event.target.value)}
            onBlur={() => setLeft(true)}
            className="max-w-xl font-mono"
            spellCheck={false}
            autoComplete="off"
            placeholder="/srv/restore"
          />
        </Field>
      ) : null}
      <div className="flex justify-between gap-2 border-t pt-4">
        <Button onClick={back}>Back</Button>
        <Button
          variant="primary"
          disabled={
            options.restoreFolder === null ||
            problem !== null ||
            (target.kind === "original" && originalReason !== null)
          }
          onClick={next}
        >
          Next: check
        </Button>
      </div>
    </div>
  );
}

function allowedFolders(options: Options): string[] {
  return [options.restoreFolder, ...options.restorePaths].filter((path) => path !== null);
}

function forbidden(options: Options, target: RestoreTarget): string | null {
  return whyTargetForbidden(
    {
      restoreFolder: options.restoreFolder ?? "/",
      restorePaths: options.restorePaths,
      restoreToOriginal: options.mayRestoreToOriginal,
    },
    target,
    { madeByClient: true },
  );
}

/** The server's reason, unless it speaks of the machine being offline: then the general one. */
function whyNotOriginal(options: Options): string {
  if (options.online && options.why !== null) return options.why;
  return "This machine's own policy does not allow it, or the archive was not made by its agent.";
}
