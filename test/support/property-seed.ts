import fc from "fast-check";

/**
 * Property tests draw the same cases in every run, so that a change is judged by itself and not by luck;
 * `PROPERTY_SEED=random npm test` draws others, and prints the seed where one fails. `npm run fuzz` looks further.
 */
const seed = process.env["PROPERTY_SEED"] ?? "2026";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
