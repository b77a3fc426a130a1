/**
 * An outgoing connection that was allowed and did not come to an answer: nobody there, too slow, too much. No refusal, because the person who
 * asked did nothing wrong, and no fault of ours. `say` is for the admin who set the address.
 */
export class OutgoingProblem extends Error {
  readonly say: string;
  constructor(say: string, cause?: unknown) {
    super(say, cause === undefined ? undefined : { cause });
    this.name = "OutgoingProblem";
    this.say = say;
  }
}
