import { expect, test } from 'vitest';
import { codecNamed } from '../rtp/codecs.ts';
import { AUDIO_SSRC, EngineStage } from './testing/engine-stage.ts';
import { soundFeed, soundView } from './testing/sections.ts';

const OPUS = codecNamed('opus').payloadType;
const RED = codecNamed('opus').redPayloadType ?? 0;
/** Opus as some phone calls it. */
const PHONES_OPUS = 109;

const EARLIER_SOUND = [1, 1, 1, 1];
const SOUND = [2, 2, 2];

function microphonePacket(sequence: number, payloadType: number, payload: readonly number[]): Uint8Array {
	const packet = new Uint8Array(12 + payload.length);
	packet[0] = 0x80;
	packet[1] = payloadType;
	const view = new DataView(packet.buffer);
	view.setUint16(2, sequence);
	view.setUint32(4, 960 * sequence);
	view.setUint32(8, 55);
	packet.set(payload, 12);
	return packet;
}

/** RFC 2198: one earlier block of four octets, 960 ticks old, and the primary one. */
function redPayload(opusPayloadType: number): readonly number[] {
	const offsetAndLength = (960 << 10) | EARLIER_SOUND.length;
	const earlier = [0x80 | opusPayloadType, offsetAndLength >> 16, (offsetAndLength >> 8) & 0xff, offsetAndLength & 0xff];
	return [...earlier, opusPayloadType, ...EARLIER_SOUND, ...SOUND];
}

test('RED goes to the viewers that took it, under their number, and plain Opus to the others', async () => {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const phone = await stage.connectedClient();
	phone.describe({ receives: [soundFeed(publication, { codecs: [{ codec: 'opus', payloadType: PHONES_OPUS }] })] });
	const [withRed, withoutRed, withOwnNumbers] = await Promise.all([
		stage.connectedClient(),
		stage.connectedClient(),
		stage.connectedClient(),
	]);
	withRed.describe({ sends: [soundView(publication, { redPayloadType: 63 })] });
	withoutRed.describe({ sends: [soundView(publication)] });
	// Its Opus is another than the blocks name: RED would be noise to it.
	withOwnNumbers.describe({ sends: [soundView(publication, { codecs: [{ codec: 'opus', payloadType: 96 }], redPayloadType: 63 })] });

	phone.sendRtp(microphonePacket(1, PHONES_OPUS, EARLIER_SOUND));
	phone.sendRtp(microphonePacket(2, RED, redPayload(PHONES_OPUS)));
	phone.sendRtp(microphonePacket(3, PHONES_OPUS, SOUND));
	await phone.settle();
	const heard = [];
	for (const viewer of [withRed, withoutRed, withOwnNumbers]) {
		await viewer.settle();
		heard.push(viewer.record.of(AUDIO_SSRC).map(({ payloadType, payload }) => [payloadType, ...payload]));
		expect(viewer.record.offences).toEqual([]);
	}
	expect(heard).toEqual([
		[
			[OPUS, ...EARLIER_SOUND],
			[63, ...redPayload(OPUS)],
			[OPUS, ...SOUND],
		],
		[
			[OPUS, ...EARLIER_SOUND],
			[OPUS, ...SOUND],
			[OPUS, ...SOUND],
		],
		[
			[96, ...EARLIER_SOUND],
			[96, ...SOUND],
			[96, ...SOUND],
		],
	]);
});

test('RED that is cut short reaches nobody and hurts nothing', async () => {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const phone = await stage.connectedClient();
	phone.describe({ receives: [soundFeed(publication)] });
	const viewer = await stage.connectedClient();
	viewer.describe({ sends: [soundView(publication, { redPayloadType: RED })] });
	const whole = redPayload(OPUS);
	for (let length = 1; length <= whole.length - SOUND.length; length += 1) {
		phone.sendRtp(microphonePacket(length, RED, whole.slice(0, length)));
	}
	phone.sendRtp(microphonePacket(100, OPUS, SOUND));
	await phone.settle();
	await viewer.settle();
	expect(viewer.record.of(AUDIO_SSRC).map(({ payload }) => [...payload])).toEqual([SOUND]);
	expect(stage.faults).toEqual([]);
});
