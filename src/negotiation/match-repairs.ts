import type { RemoteSection } from './remote-description.ts';

const rtxClockRate = 90_000;
/** Blocks that an fmtp line of RED may name: more than any encoder sends. */
const maxRedBlocks = 32;

/**
 * The payload type under which a client retransmits a codec: `rtx` with the codec's payload type as `apt` (RFC 4588 §8.1).
 *
 * @param offered in an answer: what the server's offer named; an answer that leaves the fmtp line out means that
 */
export function rtxPayloadTypeOf(section: RemoteSection, payloadType: number, offered?: number): number | undefined {
	for (const remote of section.codecs) {
		if (remote.name.toLowerCase() !== 'rtx' || remote.clockRate !== rtxClockRate) continue;
		const associated = remote.parameters.get('apt');
		if (associated === String(payloadType) || (associated === undefined && remote.payloadType === offered)) return remote.payloadType;
	}
	return undefined;
}

/**
 * The payload type under which a client speaks RED around its Opus (RFC 2198 §5: the fmtp line names the blocks' payload types). RED around
 * anything else is left alone.
 *
 * @param offered see {@link rtxPayloadTypeOf}
 */
export function redPayloadTypeOf(section: RemoteSection, opusPayloadType: number, offered?: number): number | undefined {
	for (const remote of section.codecs) {
		if (remote.name.toLowerCase() !== 'red' || remote.clockRate !== 48_000 || remote.channels !== 2) continue;
		const blocks = remote.format === '' ? [] : remote.format.split('/', maxRedBlocks);
		if (blocks.length === 0 && remote.payloadType === offered) return remote.payloadType;
		if (blocks.length > 0 && blocks.every((block) => block.trim() === String(opusPayloadType))) return remote.payloadType;
	}
	return undefined;
}
