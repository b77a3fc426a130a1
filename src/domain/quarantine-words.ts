/**
 * Why nothing is done for a machine while one of its repositories is quarantined, and what a person does about it. `then` says what
 * follows the review.
 */
export function sayQuarantined(repositoryName: string, then: string): string {
  return `Repository ${repositoryName} is quarantined: an audit found that it was tampered with, so its machine is let in nowhere. Review the incident on the repository's page, then roll back or accept; ${then}`;
}
