/**
 * Whether this borg lacks the fix of CVE-2023-36811 (forged archives; fixed in 1.2.5, 2023-08-30). Text that is no version: false,
 * because nothing is known.
 */
export function lacksArchiveSpoofingFix(version: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!parts) return false;
  const [major = 0, minor = 0, patch = 0] = parts.slice(1).map(Number);
  return major < 1 || (major === 1 && (minor < 2 || (minor === 2 && patch < 5)));
}
