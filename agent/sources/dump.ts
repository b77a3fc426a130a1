import type { Account } from "../run-program";

/** One thing to be dumped by a program that writes it to stdout. */
export type Dump = {
  /** The database, or `globals`. */
  database: string;
  /** Its folder in `databases.tar`. */
  path: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  account: Account | null;
  /** What the program finds at `SECRET_PATH`; null: nothing. */
  secret: string | null;
  /** Said in the log before it begins. */
  note?: string;
  /** Lines of stderr that are not worth a line of the job's log, such as bars of progress. */
  noise?: RegExp;
  /** For a program that ends with 0 without having done its work: a line that it says when it has, and what its absence means. */
  proof?: { line: RegExp; otherwise: string };
};

/** The machine has no such program, or the server did not answer: what a person is told, and no fault of ours. */
export class DumpTrouble extends Error {}
