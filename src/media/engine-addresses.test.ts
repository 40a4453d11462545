import { expect, test } from 'vitest';
import type { Publication } from '../negotiation/media-description.ts';
import { MAX_ROAMING_TRIES_PER_ADDRESS } from './media-limits.ts';
import { Camera } from './testing/camera.ts';
import { EngineStage, VIDEO_SSRC } from './testing/engine-stage.ts';
import type { LoopbackClient } from './testing/loopback-client.ts';
import { pictureFeed, pictureView } from './testing/sections.ts';

const VICTIM_SSRC = 77;
/** More than may stand beside a peer in the address table. */
const ATTACKERS = 6;

/** Sends so many packets, and says how many of them the viewer got. */
async function relayed(from: LoopbackClient, camera: Camera, to: LoopbackClient, count: number, ssrc = VIDEO_SSRC): Promise<number> {
	const before = to.record.of(ssrc).length;
	for (const { bytes } of camera.frame({ packets: count })) from.sendRtp(bytes);
	await from.settle();
	await to.settle();
	return to.record.of(ssrc).length - before;
}

/** Since this was asked last. */
async function keyframeAsked(phone: LoopbackClient): Promise<boolean> {
	await phone.settle();
	return phone.record.rtcp.splice(0).some((packet) => packet.type === 'picture-loss');
}

async function watchedVictim(stage: EngineStage): Promise<{ victim: LoopbackClient; viewer: LoopbackClient; publication: Publication }> {
	const publication = stage.publish();
	const victim = await stage.connectedClient();
	victim.describe({ receives: [pictureFeed(publication)] });
	const viewer = await stage.connectedClient();
	viewer.describe({ sends: [pictureView(publication)] });
	return { victim, viewer, publication };
}

test('checks for other peers that are sent from a victim’s address take nothing from the victim', async () => {
	const stage = await EngineStage.open();
	const { victim, viewer } = await watchedVictim(stage);
	const camera = new Camera(VICTIM_SSRC);
	expect(await relayed(victim, camera, viewer, 20)).toBe(20);

	for (let count = 0; count < ATTACKERS; count += 1) {
		const attacker = await stage.client();
		victim.send(attacker.check(count % 2 === 0));
		await victim.settle();
		expect(await relayed(victim, camera, viewer, 20)).toBe(20);
	}
	expect(stage.told({ peerId: victim.peerId })).not.toContain('peer-failed');
	expect(stage.engine.counters.dropped).toMatchObject({ stranger: 0, srtp: 0, early: 0 });
});

test('checks for other peers that are sent from a viewer’s address neither end its picture nor hide its reports', async () => {
	const stage = await EngineStage.open();
	const { victim, viewer } = await watchedVictim(stage);
	const camera = new Camera(VICTIM_SSRC);
	expect(await relayed(victim, camera, viewer, 5)).toBe(5);
	await keyframeAsked(victim);

	const attackers = [];
	for (let count = 0; count < ATTACKERS; count += 1) attackers.push(await stage.client());
	stage.time.advance(1000);
	for (const attacker of attackers) viewer.send(attacker.check(true));
	viewer.sendRtcp({ type: 'picture-loss', senderSsrc: 1, mediaSsrc: VIDEO_SSRC });
	await viewer.settle();
	expect(await keyframeAsked(victim)).toBe(true);
	expect(await relayed(victim, camera, viewer, 20)).toBe(20);
});

test('a phone that moves to an address where others stand is first there once its media has come', async () => {
	const stage = await EngineStage.open();
	const { victim, viewer } = await watchedVictim(stage);
	const camera = new Camera(VICTIM_SSRC);
	expect(await relayed(victim, camera, viewer, 5)).toBe(5);

	const { socket } = await stage.client();
	victim.sendFrom(socket);
	for (let count = 0; count < ATTACKERS; count += 1) victim.send((await stage.client()).check());
	const before = viewer.record.of(VIDEO_SSRC).length;
	// More than an address that is not known as the phone's may try in a second.
	for (const { bytes } of camera.frame({ packets: 2 * MAX_ROAMING_TRIES_PER_ADDRESS })) victim.sendRtp(bytes);
	victim.sendFrom(victim.socket);
	await victim.settle();
	await viewer.settle();
	expect(viewer.record.of(VIDEO_SSRC).length - before).toBe(2 * MAX_ROAMING_TRIES_PER_ADDRESS);
});

test('an attacker that goes leaves the victim’s address to the victim', async () => {
	const stage = await EngineStage.open();
	const { victim, viewer } = await watchedVictim(stage);
	const camera = new Camera(VICTIM_SSRC);
	const attacker = await stage.client();
	victim.send(attacker.check());
	await victim.settle();
	stage.engine.send({ type: 'close-peer', peerId: attacker.peerId });
	expect(await relayed(victim, camera, viewer, 20)).toBe(20);
});

test('two connections of one client from one address are both relayed, turn by turn', async () => {
	const stage = await EngineStage.open();
	const { victim: first, viewer, publication } = await watchedVictim(stage);
	const camera = new Camera(VICTIM_SSRC);
	expect(await relayed(first, camera, viewer, 10)).toBe(10);

	const other = stage.publish();
	const second = await stage.connectedClient({ socket: first.socket });
	second.describe({ receives: [pictureFeed(other)] });
	const otherViewer = await stage.connectedClient();
	otherViewer.describe({ sends: [pictureView(other)] });
	const otherCamera = new Camera(88);
	for (let turn = 0; turn < 20; turn += 1) {
		expect(await relayed(first, camera, viewer, 3)).toBe(3);
		expect(await relayed(second, otherCamera, otherViewer, 3, other.videoSsrc)).toBe(3);
	}
	expect(stage.told({ publicationId: publication.publicationId })).toEqual(['publication-live']);
	expect(stage.engine.counters.dropped.srtp).toBe(0);
});
