"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { useTRPC } from "~/trpc/react";

/** Adds and takes away tags; those that other clients carry are offered. Saved together, because they say who may do what. */
export function EditTags({ client }: { client: { id: string; name: string; tags: readonly string[] } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [tags, setTags] = useState<readonly string[]>(client.tags);
  const [typed, setTyped] = useState("");
  const known = useQuery(trpc.clients.tags.queryOptions(undefined, { enabled: open })).data ?? [];
  const save = useMutation(
    trpc.clients.setTags.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await queryClient.invalidateQueries(trpc.clients.pathFilter());
      },
    }),
  );
  const add = (tag: string) => {
    if (tag !== "" && !tags.includes(tag)) setTags([...tags, tag]);
    setTyped("");
  };
  const wanted = typed === "" || tags.includes(typed) ? tags : [...tags, typed];
  return (
    <Dialog
      trigger={<Button size="small">Change</Button>}
      title={`Tags of ${client.name}`}
      description="People who were granted something for a tag have it for every client that carries it."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setTags(client.tags);
        setTyped("");
        save.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button
            variant="primary"
            busy={save.isPending}
            onClick={() => save.mutate({ id: client.id, tags: [...wanted] })}
          >
            Save
          </Button>
        </>
      }
    >
      {tags.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5" aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag}>
              <button
                type="button"
                onClick={() => setTags(tags.filter((other) => other !== tag))}
                className="inline-flex h-6 items-center gap-1.5 rounded-sm bg-accent-wash px-2 text-[0.8125rem] text-accent"
              >
                {tag}
                <X aria-hidden className="size-3.5" />
                <span className="sr-only">remove</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add(typed);
        }}
      >
        <Field
          label="Another tag"
          hint="One word, for example web or berlin. Enter adds it."
          error={save.error ? problemOf(save.error).say : undefined}
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value.toLowerCase().replace(/\s+/g, "-"))}
            maxLength={40}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      </form>
      <Suggestions known={known} taken={tags} add={add} />
    </Dialog>
  );
}

function Suggestions({
  known,
  taken,
  add,
}: {
  known: readonly { tag: string; clients: number }[];
  taken: readonly string[];
  add: (tag: string) => void;
}) {
  const open = known.filter(({ tag }) => !taken.includes(tag)).slice(0, 12);
  if (open.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label="Tags of other clients">
      {open.map(({ tag, clients }) => (
        <li key={tag}>
          <button
            type="button"
            onClick={() => add(tag)}
            className="inline-flex h-6 items-center gap-1 rounded-sm border bg-panel px-1.5 text-[0.8125rem] hover:bg-hover"
          >
            <Plus aria-hidden className="size-3.5 text-ink-soft" />
            {tag}
            <span className="text-ink-soft">{clients}</span>
            <span className="sr-only">{clients === 1 ? "client" : "clients"}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
