/**
 * Whether descriptions name retransmissions of the picture (`nack`, RTX) and repeated sound (RED). Off while the media engine does not
 * understand these packets: a client would send nothing else in place of its sound.
 */
export const repairSwitch = { on: true };
