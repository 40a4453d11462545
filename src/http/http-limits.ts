/** Largest request body. A session description of a browser is 5 to 20 KiB. */
export const BODY_BYTES_MAX = 64 * 1024;

/** Longest name of a victim or helper, in characters: any real full name, in any script. */
export const NAME_LENGTH_MAX = 200;

/** Longest zone: an address or a description of a place. */
export const ZONE_LENGTH_MAX = 500;

/** Longest telephone number: E.164 allows 15 digits; people add separators, extensions and remarks. */
export const MOBILE_LENGTH_MAX = 100;

/** Longest reason of a cancellation. */
export const REASON_LENGTH_MAX = 500;

/** Longest room or stream id, above the 64 characters that either may have. */
export const ID_LENGTH_MAX = 128;

/** A request that is not wholly here after this long is given up: phones on bad links are slow, attackers are slower. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** An idle connection stays open so long: helpers and phones poll every 10 s on one connection. */
export const KEEP_ALIVE_MS = 75_000;
