import { config } from "zod/v4/core";

// Zod compiles validators with `new Function` otherwise, which the content security policy forbids. Imported before what validates.
config({ jitless: true });
