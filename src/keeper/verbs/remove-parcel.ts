import type { Verb } from "../keeper";
import { removeParcel } from "../parcels/remove-parcel";

export const removeParcelVerb: Verb<"remove-parcel"> = async (keeper, { parcelId }) => ({
  wasThere: await removeParcel(keeper, parcelId),
});
