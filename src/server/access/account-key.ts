/** By which tries against one account are counted, whether there is such an account or not. */
export function byAccount(email: string): string {
  return `account ${email.trim().toLowerCase().slice(0, 200)}`;
}
