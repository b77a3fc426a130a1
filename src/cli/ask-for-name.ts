import { createInterface } from "node:readline/promises";
import { UsageError } from "./usage-error";

/** The name typed as a confirmation. Without a terminal it must have been given with `--confirm`. */
export async function askForName(
  name: string,
  given: string | undefined,
  consequence: string,
): Promise<string> {
  if (given !== undefined) return given;
  if (!process.stdin.isTTY)
    throw new UsageError(`${consequence} Confirm with \`--confirm ${JSON.stringify(name)}\`.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`${consequence} Type ${name} to go on: `);
  } finally {
    terminal.close();
  }
}
