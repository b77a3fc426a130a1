/**
 * The layers of the vault. All are on; a test that shows what each of them is worth switches one off, through the keeper's constructor
 * and in no other way.
 */
export type Layers = {
  /** Writing sessions wait for the audit of the one before, and audits judge. */
  audit: boolean;
  /** Segments are put out of the client's reach. */
  seal: boolean;
  /** The gate filters the client's calls. */
  gate: boolean;
};

export const ALL_LAYERS: Layers = { audit: true, seal: true, gate: true };
