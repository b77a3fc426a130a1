import type { Api } from "../system/api";

/** What the vault's procedures answer, by the names the components use. */
export type Vault = Api["vault"]["get"];
export type VaultState = NonNullable<Vault["state"]>;
export type Incident = Api["vault"]["incidents"]["items"][number];
export type IncidentDetail = Api["vault"]["incident"];
export type Review = NonNullable<IncidentDetail["review"]>;
export type VaultSession = Api["vault"]["sessions"]["items"][number];
