/** Work that ended because nobody waits for what comes of it: neither a failure nor a success. `say` is for the person. */
export class CalledOff extends Error {
  constructor(readonly say: string) {
    super(say);
    this.name = "CalledOff";
  }
}
