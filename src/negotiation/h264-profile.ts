/**
 * Which H.264 streams count as "the" H264 of this server. Every viewer is offered constrained baseline (`42e01f`), because every decoder
 * plays it; so only what such a decoder plays may come in.
 *
 * - Constrained baseline in the three spellings of RFC 6184 table 5.
 * - Plain baseline (`4200xx`) as well: it differs by tools (FMO, ASO, redundant slices) that no phone's or browser's encoder uses, and
 *   decoders labelled constrained baseline in browsers play it.
 *
 * Main and High are refused. The level is not looked at: with level-asymmetry-allowed each side sends what its link and camera give.
 */
export type H264Fitness = 'constrained-baseline' | 'baseline' | 'unfit';

/** RFC 6184 §8.1: without the parameter, baseline at level 1 is meant. */
export const defaultProfileLevelId = '42000a';

/** @param profileLevelId six hex digits: profile_idc, profile-iop, level_idc. */
export function h264Fitness(profileLevelId: string): H264Fitness {
	if (!/^[0-9a-f]{6}$/i.test(profileLevelId)) return 'unfit';
	const profile = Number.parseInt(profileLevelId.slice(0, 2), 16);
	const constraints = Number.parseInt(profileLevelId.slice(2, 4), 16);
	if ((constraints & 0x0f) !== 0) return 'unfit';
	switch (profile) {
		case 0x42:
			return (constraints & 0x40) !== 0 ? 'constrained-baseline' : 'baseline';
		case 0x4d:
			return (constraints & 0x80) !== 0 ? 'constrained-baseline' : 'unfit';
		case 0x58:
			return (constraints & 0xc0) === 0xc0 ? 'constrained-baseline' : (constraints & 0x80) !== 0 ? 'baseline' : 'unfit';
		default:
			return 'unfit';
	}
}
