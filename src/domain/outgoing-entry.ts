/** Shortest prefix that may be allowed: a wider one would switch the guard off. */
const WIDEST = { 4: 8, 6: 16 } as const;
const LONGEST = { 4: 32, 6: 128 } as const;

/**
 * Why an entry of `outgoing.allowed` cannot be used; null when it can: a host name, an address, or a range like 10.1.0.0/16. A name that
 * ends in a number is no name: resolvers take 0x7f.1 or 2130706433 for an address.
 */
export function outgoingEntryProblem(entry: string): string | null {
  const [start = "", bits, ...rest] = entry.split("/");
  const version = ipVersion(start);
  if (bits === undefined)
    return version !== null || isHostName(entry) ? null : `"${entry}" is no host name and no address.`;
  if (version === null || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > LONGEST[version])
    return `"${entry}" is no range of addresses, like 10.1.0.0/16.`;
  return Number(bits) < WIDEST[version]
    ? `"${entry}" allows too much: use /${WIDEST[version]} or a narrower range.`
    : null;
}

function ipVersion(text: string): 4 | 6 | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return text.split(".").every((part) => Number(part) < 256) ? 4 : null;
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`) ? 6 : null;
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;

function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  return (
    text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^(\d+|0x[0-9a-f]*)$/i.test(last)
  );
}
