/** The form of every id: see id.ts. Apart from it, so that the console can look at an address without a parser. */
export const ID_TEXT = /^[a-z0-9]{1,20}$/;

export function isIdText(text: unknown): text is string {
  return typeof text === "string" && ID_TEXT.test(text);
}
