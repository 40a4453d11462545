import { expect, test } from 'vitest';
import { codecNamed } from '../rtp/codecs.ts';
import { AUDIO_SSRC, EngineStage } from './testing/engine-stage.ts';
import type { LoopbackClient } from './testing/loopback-client.ts';
import { soundFeed, soundView } from './testing/sections.ts';

const opus = codecNamed('opus');
const RED = opus.redPayloadType ?? 0;

function microphonePacket(sequence: number, payloadType = opus.payloadType): Uint8Array {
	// RED with nothing but its primary block has a header of one octet (RFC 2198, section 3).
	const payload = payloadType === RED ? [opus.payloadType, sequence] : [sequence];
	const packet = new Uint8Array(12 + payload.length);
	packet.set([0x80, payloadType]);
	const view = new DataView(packet.buffer);
	view.setUint16(2, sequence);
	view.setUint32(4, 960 * sequence);
	view.setUint32(8, 55);
	packet.set(payload, 12);
	return packet;
}

/** The viewer tells of loss since its last report. */
function reportLoss(viewer: LoopbackClient, highestSequence: number, share: number): void {
	const block = { cumulativeLost: 0, jitterTicks: 0, lastSenderReport: 0, delaySinceLast: 0 };
	const report = { ...block, ssrc: AUDIO_SSRC, fractionLost: Math.round(256 * share), highestSequence };
	viewer.sendRtcp({ type: 'receiver-report', ssrc: 1, reports: [report] });
}

async function heardSound() {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const phone = await stage.connectedClient();
	phone.describe({ receives: [soundFeed(publication)] });
	const [lossy, other] = await Promise.all([stage.connectedClient(), stage.connectedClient()]);
	for (const viewer of [lossy, other]) viewer.describe({ sends: [soundView(publication, { redPayloadType: RED })] });
	let sequence = 0;
	/** So many packets of sound in real order, 20 ms apart. */
	const speak = async (packets: number, payloadType?: number): Promise<void> => {
		for (let count = 0; count < packets; count += 1) {
			sequence += 1;
			phone.sendRtp(microphonePacket(sequence, payloadType));
			await phone.settle();
			stage.time.advance(20);
		}
		for (const viewer of [lossy, other]) await viewer.settle();
	};
	return { publication, lossy, other, speak };
}

const heard = ({ record }: LoopbackClient, isRepeat: boolean): number[] =>
	record.packets.filter((packet) => packet.ssrc === AUDIO_SSRC && packet.isRepeat === isRepeat).map(({ payload }) => payload.at(-1) ?? 0);

test('a viewer that loses much is sent its sound twice, 40 ms apart; another is not', async () => {
	const { lossy, other, speak } = await heardSound();
	await speak(5);
	reportLoss(lossy, 100, 0);
	reportLoss(lossy, 150, 0.15);
	await speak(10);
	expect(heard(lossy, false)).toEqual(heard(other, false));
	const again = heard(lossy, true);
	expect(again.length).toBeGreaterThanOrEqual(6);
	expect(again.at(-1)).toBe(13);
	expect(heard(other, true)).toEqual([]);
	expect([...lossy.record.offences, ...other.record.offences]).toEqual([]);
});

test('what was sent in another form is not sent again', async () => {
	const { publication, lossy, speak } = await heardSound();
	reportLoss(lossy, 100, 0);
	reportLoss(lossy, 150, 0.15);
	await speak(6);
	expect(heard(lossy, true).length).toBeGreaterThan(0);
	for (const payloadType of [RED, opus.payloadType, RED]) await speak(4, payloadType);
	lossy.describe({ sends: [soundView(publication, { extensions: { absSendTime: 9 } })] });
	await speak(4, RED);
	lossy.describe({ sends: [] });
	lossy.describe({ sends: [soundView(publication, { redPayloadType: RED })] });
	await speak(4, RED);
	expect(lossy.record.offences).toEqual([]);
	expect(heard(lossy, true)).not.toContain(heard(lossy, false).at(-1));
});
