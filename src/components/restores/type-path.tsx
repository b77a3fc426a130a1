"use client";

import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { typedPath } from "~/domain/archive-path";

/** A path that is known, without looking whether the archive holds it: works while neither catalog nor borg can be asked. */
export function TypePath({ add }: { add: (path: string) => void }) {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const problem = whyUnusable(text);
  return (
    <form
      className="flex flex-wrap items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(problem !== null);
        if (problem !== null) return;
        add(typedPath(text));
        setText("");
      }}
    >
      <Field
        label="Path of a file or folder"
        hint="As it was on the machine. It is not looked up here; the report at the end names what the archive does not hold."
        error={tried ? (problem ?? undefined) : undefined}
        className="min-w-0 flex-1 basis-64"
      >
        <Input
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="font-mono"
          spellCheck={false}
          autoComplete="off"
          placeholder="/home/anna/thesis.odt"
        />
      </Field>
      <Button type="submit" className="mt-[1.625rem]">
        Add
      </Button>
    </form>
  );
}

function whyUnusable(text: string): string | null {
  if (typedPath(text) === "") return "Type the path of a file or folder. For all of it choose everything.";
  return text.split("/").includes("..") ? "No archive stores a path with “..”." : null;
}
