/** A body that cannot be taken as JSON. Not a refusal of a room: nothing was asked yet. */
export class UnreadableBody extends Error {
  constructor(
    readonly status: 400 | 413,
    readonly code: "invalid-json" | "body-too-large",
    readonly say: string,
  ) {
    super(say);
    this.name = "UnreadableBody";
  }
}
