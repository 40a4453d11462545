import { expect, test } from 'vitest';
import { writeRtcp } from '../rtcp/compound.ts';
import { Camera, cameraNumber } from './testing/camera.ts';
import { EngineStage, VIDEO_RTX_SSRC, VIDEO_SSRC } from './testing/engine-stage.ts';
import type { LoopbackClient } from './testing/loopback-client.ts';
import { pictureCodecsWithoutRtx, pictureFeed, pictureView } from './testing/sections.ts';

const CAMERA_SSRC = 77;

/** A phone, its camera, and a viewer that watches live. */
async function watchedPhone() {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const phone = await stage.connectedClient();
	phone.describe({ receives: [pictureFeed(publication)] });
	const viewer = await stage.connectedClient();
	viewer.describe({ sends: [pictureView(publication)] });
	const camera = new Camera(CAMERA_SSRC);
	const shoot = async (frame: Parameters<Camera['frame']>[0] = {}) => {
		for (const { bytes } of camera.frame(frame)) phone.sendRtp(bytes);
		await phone.settle();
		await viewer.settle();
	};
	return { stage, publication, phone, viewer, shoot };
}

async function keyframesAskedOf(phone: LoopbackClient): Promise<number> {
	await phone.settle();
	return phone.record.rtcp.filter((packet) => packet.type === 'picture-loss' && packet.mediaSsrc === CAMERA_SSRC).length;
}

async function losePicture(viewer: LoopbackClient): Promise<void> {
	viewer.sendRtcp({ type: 'picture-loss', senderSsrc: 1, mediaSsrc: VIDEO_SSRC });
	await viewer.settle();
}

test('a viewer that asks for packets again gets them on the retransmission stream, as they were', async () => {
	const { stage, viewer, shoot } = await watchedPhone();
	await shoot({ keyframe: true, packets: 10 });
	const media = viewer.record.of(VIDEO_SSRC);
	stage.time.advance(50);
	const wanted = media.slice(3, 6);
	const sequences = wanted.map(({ index }) => index & 0xffff);
	viewer.sendRtcp({ type: 'generic-nack', senderSsrc: 1, mediaSsrc: VIDEO_SSRC, sequences });
	await viewer.settle();

	const repairs = viewer.record.of(VIDEO_RTX_SSRC);
	expect(repairs.map(({ payloadType }) => payloadType)).toEqual([97, 97, 97]);
	expect(repairs.map(({ payload }) => Buffer.from(payload).readUInt16BE())).toEqual(sequences);
	expect(repairs.map(({ payload }) => Buffer.from(payload.subarray(2)))).toEqual(wanted.map(({ payload }) => Buffer.from(payload)));
	expect(repairs.map(({ timestamp }) => timestamp)).toEqual(wanted.map(({ timestamp }) => timestamp));
	expect(viewer.record.of(VIDEO_SSRC)).toHaveLength(10);
	expect(viewer.record.offences).toEqual([]);
});

test('a viewer without a retransmission stream gets the very same packets again, one without NACK gets none', async () => {
	const { viewer, publication, shoot } = await watchedPhone();
	const ask = async () => {
		const sequences = viewer.record.packets.slice(-2).map(({ index }) => index & 0xffff);
		viewer.sendRtcp({ type: 'generic-nack', senderSsrc: 1, mediaSsrc: VIDEO_SSRC, sequences });
		await viewer.settle();
	};
	viewer.describe({ sends: [pictureView(publication, { codecs: pictureCodecsWithoutRtx, nack: false })] });
	await shoot({ packets: 5 });
	await ask();
	expect(viewer.record.packets).toHaveLength(5);

	viewer.describe({ sends: [pictureView(publication, { codecs: pictureCodecsWithoutRtx })] });
	await ask();
	expect(viewer.record.packets.map(({ isRepeat }) => isRepeat)).toEqual([false, false, false, false, false, true, true]);
	expect(viewer.record.offences).toEqual([]);
});

test('a viewer that comes back to a picture gets the group since the last keyframe; the phone is not asked', async () => {
	const { stage, publication, phone, viewer, shoot } = await watchedPhone();
	await shoot();
	viewer.describe({ sends: [] });
	for (let frame = 0; frame < 10; frame += 1) {
		await shoot({ keyframe: frame === 0, packets: 3 });
		stage.time.advance(100);
	}
	const [asked, seen] = [await keyframesAskedOf(phone), viewer.record.packets.length];
	viewer.describe({ sends: [pictureView(publication)] });
	stage.time.advance(200);
	await viewer.settle();
	const group = Array.from({ length: 30 }, (_, number) => number + 2);
	const got = viewer.record.packets.slice(seen);
	const numbers = (isRepeat: boolean): number[] =>
		got.filter((packet) => packet.isRepeat === isRepeat).map(({ payload }) => cameraNumber(payload));
	expect(numbers(false)).toEqual(group);
	// The first packet goes twice: nobody asks for what lies before all that came.
	expect(numbers(true)).toEqual(group.slice(0, 1));
	expect(await keyframesAskedOf(phone)).toBe(asked);
	expect(viewer.record.offences).toEqual([]);
});

test('a viewer that loses the picture while it watches live makes the phone send a keyframe', async () => {
	const { stage, phone, viewer, shoot } = await watchedPhone();
	await shoot({ keyframe: true, packets: 4 });
	await shoot();
	stage.time.advance(1500);
	const asked = await keyframesAskedOf(phone);
	await losePicture(viewer);
	expect(await keyframesAskedOf(phone)).toBe(asked + 1);
});

test('a viewer that was stepped down is left with the next keyframe: the phone is not troubled', async () => {
	const { stage, phone, viewer, shoot } = await watchedPhone();
	for (const bitrateBps of [5_000_000, 10_000, 10_000, 10_000]) {
		for (let frame = 0; frame < 10; frame += 1) {
			await shoot({ packets: 10 });
			stage.time.advance(100);
		}
		viewer.sendRtcp({ type: 'remb', senderSsrc: 1, bitrateBps, ssrcs: [VIDEO_SSRC] });
	}
	const seen = viewer.record.packets.length;
	await shoot({ packets: 10 });
	expect(viewer.record.packets).toHaveLength(seen);

	const asked = await keyframesAskedOf(phone);
	await losePicture(viewer);
	expect(await keyframesAskedOf(phone)).toBe(asked);
});

test('requests behind transport-cc feedback, which is not read, are heard', async () => {
	const { stage, phone, viewer, shoot } = await watchedPhone();
	await shoot();
	stage.time.advance(1500);
	const asked = await keyframesAskedOf(phone);
	// RTPFB with FMT 15 and nothing in it: whoever reads it stops there.
	const feedback = Uint8Array.from([0x8f, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]);
	const request = writeRtcp([{ type: 'picture-loss', senderSsrc: 1, mediaSsrc: VIDEO_SSRC }]);
	viewer.sendCompound(Uint8Array.from([...feedback, ...request]));
	await viewer.settle();
	expect(await keyframesAskedOf(phone)).toBe(asked + 1);
});
