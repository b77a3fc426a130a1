/** JSON or undefined; damaged text is a state of a file, not a crash. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
