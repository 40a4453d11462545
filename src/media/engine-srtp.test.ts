import { describe, expect, test } from 'vitest';
import type { CodecName } from '../rtp/codecs.ts';
import type { SrtpProfile } from '../srtp/profile.ts';
import { Camera, cameraNumber } from './testing/camera.ts';
import type { ViewedPacket } from './testing/downlink-record.ts';
import { EngineStage, VIDEO_SSRC } from './testing/engine-stage.ts';
import { pictureCodecsWithoutRtx, pictureFeed, pictureView } from './testing/sections.ts';

const profiles: readonly SrtpProfile[] = ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'];

/** A phone, and a viewer that is sent lost packets again as they were. */
async function watchedPhone(srtpProfile: SrtpProfile) {
	const stage = await EngineStage.open({ srtpProfile });
	const publication = stage.publish();
	const phone = await stage.connectedClient();
	phone.describe({ receives: [pictureFeed(publication)] });
	const viewer = await stage.connectedClient();
	const view = (changes: Parameters<typeof pictureView>[1] = {}) =>
		viewer.describe({ sends: [pictureView(publication, { codecs: pictureCodecsWithoutRtx, ...changes })] });
	const camera = new Camera(77);
	return {
		stage,
		viewer,
		view,
		async shoot(frame: Parameters<Camera['frame']>[0], codec: CodecName = 'VP8') {
			camera.codec = codec;
			for (const { bytes } of camera.frame(frame)) phone.sendRtp(bytes);
			await phone.settle();
			await viewer.settle();
		},
		/** Asks for these again and gives what came. */
		async askAgain(packets: readonly ViewedPacket[]) {
			const before = viewer.record.packets.length;
			stage.time.advance(200);
			const sequences = packets.map(({ index }) => index & 0xffff);
			viewer.sendRtcp({ type: 'generic-nack', senderSsrc: 1, mediaSsrc: VIDEO_SSRC, sequences });
			await viewer.settle();
			return viewer.record.packets.slice(before);
		},
	};
}

const indexesOf = (packets: readonly ViewedPacket[]) => packets.map(({ index }) => index);

describe.each(profiles)('under %s a packet sent again without a stream of its own', (profile) => {
	test('is byte for byte the first one, also after the source has changed its codec', async () => {
		const { viewer, view, shoot, askAgain } = await watchedPhone(profile);
		view();
		await shoot({ keyframe: true, packets: 8 });
		const old = viewer.record.of(VIDEO_SSRC);
		await shoot({ keyframe: true, packets: 4 }, 'H264');
		const again = await askAgain(old);
		expect(indexesOf(again)).toEqual(indexesOf(old));
		expect(again.every(({ isRepeat, payloadType }) => isRepeat && payloadType === 96)).toBe(true);
		expect(viewer.record.offences).toEqual([]);
	});

	test('is byte for byte the first one, also when that was part of a join burst', async () => {
		const { stage, viewer, view, shoot, askAgain } = await watchedPhone(profile);
		await shoot({ keyframe: true, packets: 8 });
		for (let frame = 0; frame < 10; frame += 1) {
			stage.time.advance(50);
			await shoot({ packets: 2 });
		}
		view();
		stage.time.advance(100);
		await shoot({ packets: 2 });
		const burst = viewer.record.of(VIDEO_SSRC);
		expect(burst.map(({ payload }) => cameraNumber(payload))).toEqual(Array.from({ length: 30 }, (_, number) => number + 1));
		const again = await askAgain(burst);
		expect(indexesOf(again)).toEqual(indexesOf(burst));
		expect(again.every(({ isRepeat }) => isRepeat)).toBe(true);
		expect(viewer.record.offences).toEqual([]);
	});

	test('is byte for byte the first one, also for a viewer that is sent only some of the layers', async () => {
		const { stage, viewer, view, shoot, askAgain } = await watchedPhone(profile);
		view();
		const latest = () => viewer.record.of(VIDEO_SSRC).slice(-100);
		const leftOut = () => {
			const numbers = latest().map(({ payload }) => cameraNumber(payload));
			return (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) + 1 - numbers.length;
		};
		// Room for all, and soon for the base layer and little more.
		for (let frame = 0; leftOut() < 80 && frame < 200; frame += 1) {
			await shoot({ packets: 10, temporalId: [0, 2, 1, 2][frame % 4] ?? 0 });
			stage.time.advance(100);
			const bitrateBps = frame < 15 ? 5_000_000 : 60_000;
			if (frame >= 10 && frame % 5 === 0) viewer.sendRtcp({ type: 'remb', senderSsrc: 1, bitrateBps, ssrcs: [VIDEO_SSRC] });
		}
		expect(leftOut()).toBeGreaterThanOrEqual(80);
		const some = latest();
		const again = await askAgain(some);
		expect(indexesOf(again)).toEqual(indexesOf(some));
		expect(viewer.record.offences).toEqual([]);
	});

	test('does not come after a description under which it would be another', async () => {
		for (const changes of [
			{ codecs: [{ codec: 'VP8', payloadType: 120 }] },
			{ extensions: {} },
			{ extensions: { absSendTime: 9 } },
			{ codecs: [{ codec: 'H264', payloadType: 98 }] },
		] as const) {
			const { viewer, view, shoot, askAgain } = await watchedPhone(profile);
			view();
			await shoot({ packets: 8 });
			const old = viewer.record.of(VIDEO_SSRC);
			view(changes);
			expect(await askAgain(old)).toEqual([]);
			await shoot({ packets: 8 });
			expect(await askAgain(old)).toEqual([]);
			view();
			await shoot({ packets: 8 });
			expect(await askAgain(old)).toEqual([]);
			expect(viewer.record.offences).toEqual([]);
		}
	});

	test('comes after a description that changes nothing about it', async () => {
		const { viewer, view, shoot, askAgain } = await watchedPhone(profile);
		view();
		await shoot({ packets: 8 });
		const old = viewer.record.of(VIDEO_SSRC);
		viewer.describe({ sends: [] });
		view();
		const again = await askAgain(old);
		expect(indexesOf(again)).toEqual(indexesOf(old));
		expect(viewer.record.offences).toEqual([]);
	});
});
