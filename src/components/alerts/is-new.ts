/** Open, and nobody looks after it yet: what can be acknowledged. */
export function isNew(alert: { acknowledgedAt: Date | null; resolvedAt: Date | null }): boolean {
  return alert.acknowledgedAt === null && alert.resolvedAt === null;
}
