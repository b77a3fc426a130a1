import type { Setting } from "~/domain/settings";
import type { RouterOutputs } from "~/server/api/root";

/** What the server tells of OpenID Connect. */
export type OidcNow = RouterOutputs["oidcSettings"]["get"];
/** `secret` empty: the stored one stays, unless `dropSecret`. */
export type OidcDraft = Setting<"oidc"> & { secret: string; dropSecret: boolean };
