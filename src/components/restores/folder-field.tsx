"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { Destination } from "./use-other";

/** The folder of one's choice, with those that the machine's policy allows one click away. */
export function FolderField({
  machine,
  folder,
  problem,
  setFolder,
}: {
  machine: Destination;
  folder: string;
  problem: string | null;
  setFolder: (folder: string) => void;
}) {
  const [left, setLeft] = useState(folder !== "");
  const allowed = machine.policy ? [machine.policy.restoreFolder, ...machine.policy.restorePaths] : [];
  return (
    <Field
      label={`Folder on ${machine.name}`}
      error={left ? (problem ?? undefined) : undefined}
      hint={
        <span className="flex flex-wrap items-center gap-2">
          Allowed below:
          {allowed.map((path) => (
            <Button key={path} size="small" onClick={() => setFolder(path)}>
              <code className="wrap-anywhere font-mono">{path}</code>
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
  );
}
