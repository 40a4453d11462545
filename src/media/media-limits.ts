/** How often the engine does what is due: requests for what is missing, bursts, feedback, reports, liveness. */
export const TICK_MS = 10;

/** Between two sender reports of a source to a viewer: libwebrtc's own interval for video. */
export const SENDER_REPORT_INTERVAL_MS = 1000;

/**
 * Peers that may have announced the same SSRC and are tried for a packet from an unknown address: each try is an authentication,
 * and senders choose SSRCs at random, so that even two are rare.
 */
export const MAX_TRIES_PER_PACKET = 4;

/** Packets a second from unknown addresses that are tried for one SSRC: a phone's rate, so that a flood for one harms no other. */
export const MAX_ROAMING_TRIES_PER_SSRC = 200;

/** And from one address: a phone that moves sends on at its usual rate, and the first packet that authenticates ends the trying. */
export const MAX_ROAMING_TRIES_PER_ADDRESS = 20;

/** SSRCs of one peer by which it is found again after a move. A browser sends two or three. */
export const MAX_ROAMING_SSRCS = 8;

/**
 * Feedback follows media to an address that is not selected for as long as media has come from there within this: longer than a burst of
 * losses, shorter than the 2.5 s to Chromium's next check.
 */
export const ROAMING_FEEDBACK_MS = 1000;

/** Copies of feedback a second to such an address: ten of transport-cc, a report, and requests for missing packets at most ticks. */
export const MAX_ROAMING_FEEDBACK_PER_SECOND = 60;

/** How often dropped datagrams are mentioned in the log, at most. */
export const DROP_LOG_INTERVAL_MS = 10_000;

/** How often memory that is not needed any more is looked for. */
export const SWEEP_INTERVAL_MS = 1000;
