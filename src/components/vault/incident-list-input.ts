/** The two lists of the page: what waits for a decision, and what was decided. */
export const OPEN_INCIDENTS = { open: true, limit: 50 } as const;
export const RESOLVED_INCIDENTS = { open: false, limit: 25 } as const;
