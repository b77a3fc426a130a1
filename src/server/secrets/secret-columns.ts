import { is } from "drizzle-orm";
import { type AnyPgColumn, getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { schema } from "../db";
import { isSecretText } from "../db/secret-text";
import type { SecretPlace } from "./seal-secret";

/** A column of sealed secrets, with what names its rows. */
export interface SecretColumn {
  table: PgTable;
  sealed: AnyPgColumn;
  /** The primary key: what a secret is bound to. */
  rowId: AnyPgColumn;
  /** `table.column`, for people. */
  name: string;
  placeOf(rowId: string): SecretPlace;
}

/**
 * Every column of the schema that holds sealed secrets, found by its type: whoever adds one has it rotated and verified without doing
 * anything for it. A table of such a column has a primary key of one column, by which its secrets are bound to their rows.
 */
export function secretColumns(): SecretColumn[] {
  return Object.values(schema)
    .filter((entry) => is(entry, PgTable))
    .flatMap((table) =>
      getTableConfig(table)
        .columns.filter(isSecretText)
        .map((sealed) => secretColumn(table, sealed)),
    );
}

function secretColumn(table: PgTable, sealed: AnyPgColumn): SecretColumn {
  const { name: tableName, columns } = getTableConfig(table);
  const [rowId, ...others] = columns.filter((column) => column.primary);
  if (!rowId || others.length > 0)
    throw new Error(`${tableName} holds secrets and needs a primary key of one column`);
  return {
    ...{ table, sealed, rowId, name: `${tableName}.${sealed.name}` },
    placeOf: (id) => ({ table: tableName, column: sealed.name, rowId: id }),
  };
}
