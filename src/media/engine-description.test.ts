import { expect, test, vi } from 'vitest';
import { TypeScriptFanOut } from './fan-out.ts';
import { NativeFanOut } from './native-fan-out.ts';
import { Camera } from './testing/camera.ts';
import { EngineStage } from './testing/engine-stage.ts';
import { pictureFeed, pictureView, soundView } from './testing/sections.ts';

/** As long as a SHA-256 digest, and nobody's. */
const FOREIGN_FINGERPRINT = `${'00:'.repeat(31)}00`;
const NOTHING_HELD = { peers: 0, ufrags: 0, addresses: 0, roamingSsrcs: 0 };

test('a viewer whose description names another certificate than it showed is closed, and no source holds it', async () => {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const viewer = await stage.connectedClient();
	viewer.describe({ sends: [pictureView(publication), soundView(publication)] }, FOREIGN_FINGERPRINT);
	expect(stage.events).toContainEqual({ type: 'peer-failed', peerId: viewer.peerId, reason: 'fingerprint' });
	expect(stage.engine.sizes).toEqual({ publications: 1, ...NOTHING_HELD });

	const phone = await stage.connectedClient();
	phone.describe({ receives: [pictureFeed(publication)] });
	const forward = [TypeScriptFanOut, NativeFanOut].map(({ prototype }) => vi.spyOn(prototype, 'forward'));
	for (const { bytes } of new Camera(77).frame()) phone.sendRtp(bytes);
	await phone.settle();
	expect(forward.flatMap(({ mock }) => mock.calls.map(([destinations]) => destinations))).toEqual([[]]);

	stage.engine.send({ type: 'close-peer', peerId: phone.peerId });
	stage.engine.send({ type: 'close-publication', publicationId: publication.publicationId });
	expect(stage.engine.sizes).toEqual({ publications: 0, ...NOTHING_HELD });
});

test('a client that shows another certificate than its description named is closed as its handshake ends', async () => {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const viewer = await stage.client();
	viewer.describe({ sends: [pictureView(publication)] }, FOREIGN_FINGERPRINT);
	await viewer.connect();
	expect(stage.told({ peerId: viewer.peerId })).toEqual(['ice-check', 'peer-failed']);
	expect(stage.engine.sizes).toEqual({ publications: 1, ...NOTHING_HELD });
});

test('a description that comes before the handshake, or after it, connects', async () => {
	const stage = await EngineStage.open();
	const [early, late] = [await stage.client(), await stage.client()];
	early.describe({});
	await early.connect();
	await late.connect();
	expect(stage.told({ peerId: late.peerId })).not.toContain('peer-connected');
	late.describe({});
	for (const { peerId } of [early, late]) expect(stage.told({ peerId })).toEqual(['ice-check', 'peer-connected']);
});

test('agents whose ufrag holds any character that some agent uses connect', async () => {
	const stage = await EngineStage.open();
	for (const remoteUfrag of ['abcd', 'a+/9', 'ab==', 'abc=', 'a-b_c', '----']) {
		const client = await stage.connectedClient({ remoteUfrag });
		client.describe({});
		expect(stage.events).toContainEqual({ type: 'ice-check', peerId: client.peerId, remoteUfrag });
		expect(stage.told({ peerId: client.peerId })).toContain('peer-connected');
	}
});

test('opening and closing a thousand rooms and peers leaves nothing behind', async () => {
	const stage = await EngineStage.open();
	const client = await stage.connectedClient();
	for (let round = 0; round < 1000; round += 1) {
		const publication = stage.publish();
		const peerId = `guest ${round}`;
		stage.engine.send({ type: 'open-peer', peerId, ice: { ufrag: `guest${round}`, pwd: 'p'.repeat(24) } });
		client.describe({ sends: [pictureView(publication)] });
		stage.engine.send({ type: 'close-peer', peerId });
		stage.engine.send({ type: 'close-publication', publicationId: publication.publicationId });
	}
	stage.engine.send({ type: 'close-peer', peerId: client.peerId });
	expect(stage.engine.sizes).toEqual({ publications: 0, ...NOTHING_HELD });
});
