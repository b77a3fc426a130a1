/** An answer that a step waits for, or failed to get. */
export interface Pending<Data> {
  data: Data | undefined;
  error: unknown;
  refetch: () => unknown;
}
