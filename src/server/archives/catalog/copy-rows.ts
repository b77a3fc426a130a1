import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type postgres from "postgres";
import { type InTurn, inTurn } from "./in-turn";

/** Characters gathered before they are sent: large enough that a statement costs nothing, small enough not to count in memory. */
const AT_ONCE = 1 << 20;

/**
 * Gathers rows for `copy … from stdin` (text format) and sends them a megabyte at a time over the transaction's connection, beside the caller:
 * PostgreSQL works on one while the next is gathered. What else uses the connection must wait for its turn, in `turns`. `null` is `\N`; a binary
 * string for a bytea goes through {@link bytea}.
 */
export function copyRows(
  tx: postgres.TransactionSql | postgres.ReservedSql,
  table: string,
  columns: readonly string[],
  turns: InTurn = inTurn(),
) {
  let text = "";
  let rows = 0;
  const flush = async () => {
    if (text === "") return;
    const piece = text;
    text = "";
    await turns.begin(async () => {
      const into = await tx`copy ${tx(table)} (${tx(columns)}) from stdin`.writable();
      await pipeline(Readable.from([Buffer.from(piece, "utf8")]), into);
    });
  };
  return {
    /** Sends what is gathered, and waits until all of it is there. */
    async flush() {
      await flush();
      await turns.done();
    },
    get rows() {
      return rows;
    },
    push(values: readonly (string | number | bigint | null)[]) {
      rows++;
      let line = "";
      for (const value of values) line += value === null ? "\\N\t" : `${value}\t`;
      text += `${line.slice(0, -1)}\n`;
    },
    /** To be awaited now and then. */
    async flushWhenFull() {
      if (text.length >= AT_ONCE) await flush();
    },
  };
}

/** A binary string as COPY reads a bytea. PostgreSQL takes plain characters as they are, which most names are made of. */
export const bytea = (binary: string) =>
  NOT_PLAIN.test(binary) ? `\\\\x${Buffer.from(binary, "latin1").toString("hex")}` : binary;
const NOT_PLAIN = /[^ -[\]-~]/;

/** Text as COPY reads it. */
export const text = (value: string) =>
  value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character);
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
