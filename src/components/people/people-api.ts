import type { Api } from "../system/api";

export type PersonRow = Api["people"]["list"]["items"][number];
export type PersonDetail = Api["people"]["get"];
export type InvitationRow = Api["people"]["invitations"][number];
export type NamedGrant = PersonRow["grants"][number];
export type Role = PersonRow["role"];
