"use client";

import { X } from "lucide-react";
import { Field } from "~/components/ui/field";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { ENGINE_NAMES } from "~/domain/option-words";
import type { DatabaseSource } from "~/domain/plan-options";
import { DatabaseCredentials } from "./database-credentials";
import { MongoNotice } from "./mongo-notice";
import { TextList } from "./text-list";

const ENGINES = Object.keys(ENGINE_NAMES) as DatabaseSource["engine"][];

/** One database server, or the files of SQLite: which, and who may read them. */
export function DatabaseFields({
  clientId,
  source,
  problems,
  credentialsProblem,
  onBlur,
  onChange,
  onRemove,
}: {
  clientId: string;
  source: DatabaseSource;
  problems: { name: string | undefined; databases: string | undefined };
  credentialsProblem: string | undefined;
  onBlur: () => void;
  onChange: (source: DatabaseSource) => void;
  onRemove: () => void;
}) {
  const isFile = source.engine === "sqlite";
  return (
    <fieldset className="grid min-w-0 gap-4 rounded-md border p-3">
      <legend className="sr-only">{`Database ${source.name}`}</legend>
      <div className="flex items-start gap-2">
        <div className="grid flex-1 items-start gap-3 sm:grid-cols-2">
          <Field label="Engine">
            <Select
              choices={ENGINES.map((value) => ({ value, label: ENGINE_NAMES[value] }))}
              value={source.engine}
              onChange={(engine) => onChange(withEngine(source, engine))}
            />
          </Field>
          <Field label="Name" error={problems.name} hint="Its folder in the archive.">
            <Input
              className="font-mono"
              spellCheck={false}
              autoComplete="off"
              maxLength={60}
              value={source.name}
              onBlur={onBlur}
              onChange={(event) => onChange({ ...source, name: event.target.value.trim() })}
            />
          </Field>
        </div>
        <IconButton label={`Take away ${source.name || "this database"}`} onClick={onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
      <fieldset className="grid min-w-0 gap-2">
        <legend className="mb-1 font-medium">
          {isFile ? "Files" : "Databases"}{" "}
          {isFile ? null : (
            <span className="font-normal text-ink-soft">(none named: all that are there)</span>
          )}
        </legend>
        <TextList
          label={isFile ? "Files of SQLite" : `Databases of ${source.name}`}
          noun={isFile ? "file" : "database"}
          placeholder={isFile ? "/srv/app/app.db" : "shop"}
          values={source.databases}
          errors={[]}
          onBlur={onBlur}
          onChange={(values) =>
            onChange({ ...source, databases: values.length === 1 && values[0] === "" ? [] : values })
          }
        />
        {problems.databases ? (
          <p role="alert" className="text-[0.8125rem] text-fail">
            {problems.databases}
          </p>
        ) : null}
      </fieldset>
      {source.engine === "mongodb" ? <MongoNotice /> : null}
      {isFile ? null : (
        <DatabaseCredentials
          clientId={clientId}
          source={source}
          problem={credentialsProblem}
          onBlur={onBlur}
          onChange={onChange}
        />
      )}
    </fieldset>
  );
}

/** Another engine: a name nobody chose follows it; credentials and databases of the one are none of the other. */
function withEngine(source: DatabaseSource, engine: DatabaseSource["engine"]): DatabaseSource {
  const name = source.name === source.engine ? engine : source.name;
  return {
    ...{ engine, name, databases: [], credentials: { kind: "none" } },
    ...{ host: "", port: null, user: "" },
  };
}
