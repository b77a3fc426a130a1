/**
 * Whether a text is one address and nothing else: no second one behind a comma, no name, no line break, nothing that is quoted. Narrower
 * than RFC 5321: what it leaves out nobody has, and mail programs disagree about it.
 */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{Cc}\p{Cf}@"<>()[\]\\,;:]+@[^\s\p{Cc}\p{Cf}@"<>()\\,;]+$/u.test(text);
}

/** `Name <address>` or an address alone, as a sender is written; null when it is neither. */
export function readSender(text: string): { name: string; address: string } | null {
  const [, name = "", address = ""] = /^([^<>"\p{Cc}\p{Zl}\p{Zp}]*)<([^<>]*)>$/u.exec(text.trim()) ?? [
    "",
    "",
    text.trim(),
  ];
  return isMailAddress(address) ? { name: name.trim(), address } : null;
}
