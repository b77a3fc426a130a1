/** Why a try did not get there. What is said names the host at most: the address is a secret. */
export interface DeliveryProblem {
  say: string;
  /** Another try would come to the same. */
  forGood: boolean;
}

/** How long a receiver may take, and how much it may answer. */
export const RECEIVER_BOUNDS = { seconds: 10, mostBytes: 256 * 1024 };

/** What a receiver's status comes to; null: it took it. */
export function problemOfStatus(host: string, status: number): DeliveryProblem | null {
  if (status >= 200 && status < 300) return null;
  const passes = status >= 500 || [408, 425, 429].includes(status);
  const moved = status >= 300 && status < 400 ? " It redirects: give the address that it leads to." : "";
  return { say: `${host} answered ${status}.${moved}`, forGood: !passes };
}
