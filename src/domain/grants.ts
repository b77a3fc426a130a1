import { GRANTABLE, type Grant, type Permission, PRESETS } from "./permission";

/**
 * The same gifts in one form: one per scope, permissions in the order of {@link GRANTABLE}, `view` wherever there is anything, nothing
 * empty. For all clients first, then tags, then single clients. Twice is the same as once.
 */
export function tidyGrants(given: readonly Grant[]): Grant[] {
  const byScope = new Map<string, Grant>();
  for (const { clientId: client, tag, permissions } of given) {
    const scope = `${client ?? ""} ${tag ?? ""}`;
    const before = byScope.get(scope)?.permissions ?? [];
    const all = new Set<Permission>([...before, ...permissions]);
    if (all.size === 0) continue;
    const inOrder = GRANTABLE.filter((permission) => permission === "view" || all.has(permission));
    byScope.set(scope, { clientId: client, tag, permissions: inOrder });
  }
  return [...byScope.values()].sort((a, b) => rank(a) - rank(b) || scopeText(a).localeCompare(scopeText(b)));
}

/** Whether `after` gives anything to a scope that it did not have in `before`; both tidy. Taking away alone answers no. */
export function givesMore(before: readonly Grant[], after: readonly Grant[]): boolean {
  return after.some((grant) => {
    const had = before.find(({ clientId, tag }) => clientId === grant.clientId && tag === grant.tag);
    return grant.permissions.some((permission) => !had?.permissions.includes(permission));
  });
}

/** The preset that gives exactly these permissions; null when none does. */
export function presetOf(permissions: readonly Permission[]): keyof typeof PRESETS | null {
  const names: (keyof typeof PRESETS)[] = ["viewer", "operator", "owner"];
  return (
    names.find((name) => {
      const preset: readonly Permission[] = PRESETS[name];
      return preset.length === permissions.length && preset.every((one) => permissions.includes(one));
    }) ?? null
  );
}

const rank = (grant: Grant) => (grant.clientId !== null ? 2 : grant.tag !== null ? 1 : 0);
const scopeText = (grant: Grant) => grant.clientId ?? grant.tag ?? "";
