import { expect, test, vi } from 'vitest';
import { KeyframeDispatcher } from '../relay/keyframe-dispatcher.ts';
import { PublicationLiveness } from '../relay/publication-liveness.ts';
import { Camera } from './testing/camera.ts';
import { EngineStage } from './testing/engine-stage.ts';
import type { LoopbackClient } from './testing/loopback-client.ts';
import { pictureFeed, soundFeed } from './testing/sections.ts';

async function feed(from: LoopbackClient, camera: Camera): Promise<void> {
	for (const { bytes } of camera.frame({ keyframe: true })) from.sendRtp(bytes);
	await from.settle();
}

/** An older and a newer connection that may both feed one publication. */
async function rivals() {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const older = await stage.connectedClient();
	const newer = await stage.connectedClient();
	for (const client of [older, newer]) client.describe({ receives: [pictureFeed(publication)] });
	const feedersSoFar = () => stage.events.filter((event) => event.type === 'publication-live').map((event) => event.peerId);
	return { stage, publication, older, newer, feedersSoFar };
}

test('the newer of two connections that feed keeps the publication; what the older sends on is not relayed', async () => {
	const { older, newer, feedersSoFar } = await rivals();
	await feed(older, new Camera(5));
	await feed(newer, new Camera(6));
	await feed(older, new Camera(7));
	expect(feedersSoFar()).toEqual([older.peerId, newer.peerId]);
});

test('a feeder that drops its section by renegotiation loses the publication at once, and an older connection may feed it', async () => {
	const { stage, publication, older, newer, feedersSoFar } = await rivals();
	await feed(newer, new Camera(6));
	newer.describe({ receives: [] });
	expect(stage.told({ publicationId: publication.publicationId })).toEqual(['publication-live', 'publication-lost']);
	await feed(older, new Camera(5));
	expect(feedersSoFar()).toEqual([newer.peerId, older.peerId]);
	expect(stage.told({ publicationId: publication.publicationId }).slice(2)).toEqual(['publication-back', 'publication-live']);
});

test('a feeder that closes loses the publication at once, and an older or newer connection may feed it', async () => {
	const { stage, publication, older, newer, feedersSoFar } = await rivals();
	await feed(newer, new Camera(6));
	stage.time.advance(120);
	stage.engine.send({ type: 'close-peer', peerId: newer.peerId });
	expect(stage.events.at(-1)).toEqual({ type: 'publication-lost', publicationId: publication.publicationId, silentMs: 120 });
	await feed(older, new Camera(5));
	stage.engine.send({ type: 'close-peer', peerId: older.peerId });
	const newest = await stage.connectedClient();
	newest.describe({ receives: [pictureFeed(publication)] });
	await feed(newest, new Camera(9));
	expect(feedersSoFar()).toEqual([newer.peerId, older.peerId, newest.peerId]);
});

test('a feeder that is described anew and still feeds goes on', async () => {
	const { stage, publication, newer } = await rivals();
	const camera = new Camera(6);
	await feed(newer, camera);
	newer.describe({ receives: [pictureFeed(publication), soundFeed(publication)] });
	await feed(newer, camera);
	expect(stage.told({ publicationId: publication.publicationId })).toEqual(['publication-live']);
});

test('a lost publication is told once, whatever ends it after that', async () => {
	const { stage, publication, newer } = await rivals();
	await feed(newer, new Camera(6));
	stage.time.advance(2500);
	newer.describe({ receives: [] });
	stage.engine.send({ type: 'close-peer', peerId: newer.peerId });
	stage.time.advance(5000);
	expect(stage.told({ publicationId: publication.publicationId })).toEqual(['publication-live', 'publication-lost']);
});

test('publications that nobody feeds, or nobody any more, cost the tick nothing', async () => {
	const { stage, publication, newer } = await rivals();
	for (let count = 0; count < 1000; count += 1) stage.publish();
	const looks = [vi.spyOn(KeyframeDispatcher.prototype, 'tick'), vi.spyOn(PublicationLiveness.prototype, 'tick')];
	stage.time.advance(200);
	for (const look of looks) expect(look).not.toHaveBeenCalled();

	await feed(newer, new Camera(6));
	stage.time.advance(200);
	for (const look of looks) expect(new Set(look.mock.contexts)).toHaveLength(1);

	stage.engine.send({ type: 'close-publication', publicationId: publication.publicationId });
	for (const look of looks) look.mockClear();
	stage.time.advance(200);
	for (const look of looks) expect(look).not.toHaveBeenCalled();
});
