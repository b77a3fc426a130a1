/** Why nothing is done with a quarantined repository, and what a person does about it. `then` says what follows the review. */
export function sayQuarantined(then: string): string {
  return `This repository is quarantined: an audit found that it was tampered with. Nothing that was sealed is lost. Review the incident on the repository's page, then roll back or accept; ${then}`;
}
