"use client";

import { CircleAlert, Plus, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";

/**
 * An editable list of short texts, one per line. Enter adds a line, Backspace on an empty line takes it away, several pasted lines
 * become several entries. `errors` tells what is wrong by line.
 */
export function TextList({
  label,
  noun,
  values,
  errors,
  placeholder,
  onChange,
  onBlur,
}: {
  label: string;
  /** Singular, for the buttons: "directory". */
  noun: string;
  values: readonly string[];
  errors: readonly (string | undefined)[];
  placeholder: string;
  onChange: (values: string[]) => void;
  onBlur: () => void;
}) {
  const id = useId();
  const box = useRef<HTMLUListElement>(null);
  const [focusAt, setFocusAt] = useState<number | null>(null);
  useEffect(() => {
    if (focusAt === null) return;
    box.current?.querySelectorAll("input")[focusAt]?.focus();
    setFocusAt(null);
  }, [focusAt]);
  const shown = values.length === 0 ? [""] : values;
  const put = (at: number, ...texts: string[]) =>
    onChange([...shown.slice(0, at), ...texts, ...shown.slice(at + 1)]);
  const remove = (at: number) => onChange(shown.filter((_, index) => index !== at));
  return (
    <div className="grid gap-2">
      <ul ref={box} className="grid gap-2" aria-label={label}>
        {shown.map((value, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; two may hold the same text while one types.
          <li key={at} className="grid gap-1">
            <div className="flex items-center gap-1">
              <Input
                aria-label={`${label}, line ${at + 1}`}
                aria-invalid={errors[at] ? true : undefined}
                aria-describedby={errors[at] ? `${id}-${at}` : undefined}
                className="max-w-xl font-mono"
                placeholder={at === 0 ? placeholder : undefined}
                spellCheck={false}
                autoComplete="off"
                value={value}
                onChange={(event) => put(at, event.target.value)}
                onBlur={onBlur}
                onPaste={(event) => {
                  const lines = linesOf(event.clipboardData.getData("text"));
                  if (lines.length < 2) return;
                  event.preventDefault();
                  put(at, ...(value.trim() === "" ? [] : [value]), ...lines);
                }}
                onKeyDown={(event) => {
                  if (event.key === "Enter") {
                    event.preventDefault();
                    if (value.trim() === "") return;
                    put(at, value, "");
                    setFocusAt(at + 1);
                  } else if (event.key === "Backspace" && value === "" && shown.length > 1) {
                    event.preventDefault();
                    remove(at);
                    setFocusAt(Math.max(0, at - 1));
                  }
                }}
              />
              <IconButton
                label={value === "" ? `Take away this line` : `Take away ${value}`}
                disabled={values.length === 0}
                onClick={() => remove(at)}
              >
                <X aria-hidden />
              </IconButton>
            </div>
            {errors[at] ? (
              <p
                id={`${id}-${at}`}
                role="alert"
                className="flex items-start gap-1.5 text-[0.8125rem] text-fail"
              >
                <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
                {errors[at]}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
      <div>
        <Button
          size="small"
          onClick={() => {
            onChange([...shown, ""]);
            setFocusAt(shown.length);
          }}
        >
          <Plus aria-hidden />
          Add a {noun}
        </Button>
      </div>
    </div>
  );
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
