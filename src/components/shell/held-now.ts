/** What the banner asks for: the incidents that nobody has decided yet, the newest first. */
export const HELD_NOW = { open: true, limit: 20 } as const;
