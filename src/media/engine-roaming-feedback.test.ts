import type { Socket } from 'node:dgram';
import { expect, test } from 'vitest';
import { classifyDatagram } from './classify-datagram.ts';
import { MAX_ROAMING_FEEDBACK_PER_SECOND, ROAMING_FEEDBACK_MS } from './media-limits.ts';
import { Camera } from './testing/camera.ts';
import { EngineStage } from './testing/engine-stage.ts';
import type { LoopbackClient } from './testing/loopback-client.ts';
import { pictureFeed, pictureView } from './testing/sections.ts';

interface Heard {
	readonly rtp: string[];
	readonly rtcp: string[];
}

/** Datagrams that come to a socket, as hex. */
function listenTo(socket: Socket): Heard {
	const heard: Heard = { rtp: [], rtcp: [] };
	socket.on('message', (datagram) => {
		const kind = classifyDatagram(datagram);
		if (kind === 'rtp' || kind === 'rtcp') heard[kind].push(datagram.toString('hex'));
	});
	return heard;
}

/** A phone that films and has just begun to send from another address, where nothing but its media has come from. */
async function movedPhone() {
	const stage = await EngineStage.open();
	const publication = stage.publish();
	const phone = await stage.connectedClient();
	phone.describe({ receives: [pictureFeed(publication)] });
	const camera = new Camera(77);
	const elsewhere = await stage.client();
	const before = listenTo(phone.socket);
	const after = listenTo(elsewhere.socket);
	/** All that was sent to either address has come. No check of the phone's own comes from the new one. */
	const settle = async (): Promise<void> => {
		await phone.settle();
		await elsewhere.settle();
	};
	/** Films `count` frames from an address, each with a packet lost in its middle, and lets so much time pass after each. */
	const shoot = async (from: LoopbackClient, count: number, ms: number): Promise<void> => {
		for (let frame = 0; frame < count; frame += 1) {
			phone.sendFrom(from.socket);
			const [first, , third] = camera.frame({ packets: 3 });
			for (const packet of [first, third]) if (packet !== undefined) phone.sendRtp(packet.bytes);
			phone.sendFrom(phone.socket);
			await settle();
			stage.time.advance(ms);
			await settle();
		}
	};
	await shoot(phone, 2, 50);
	return { stage, publication, phone, elsewhere, before, after, shoot, settle };
}

test('a phone that sends from another address is asked for what is missing there and on its path, in the same bytes', async () => {
	const { phone, elsewhere, before, after, shoot } = await movedPhone();
	expect(before.rtcp.length).toBeGreaterThan(0);
	expect(after.rtcp).toEqual([]);

	const seen = before.rtcp.length;
	await shoot(elsewhere, 3, 50);
	expect(after.rtcp.length).toBeGreaterThan(0);
	expect(after.rtcp).toEqual(before.rtcp.slice(seen));
	expect(phone.record.rtcp.some(({ type }) => type === 'generic-nack')).toBe(true);
	expect(phone.record.offences).toEqual([]);
});

test('once a nominating check has confirmed the new address, feedback goes there alone', async () => {
	const { phone, elsewhere, before, after, shoot, settle } = await movedPhone();
	await shoot(elsewhere, 1, 50);
	elsewhere.send(phone.check(true));
	await shoot(elsewhere, 1, 50);
	const [former, now] = [before.rtcp.length, after.rtcp.length];
	await shoot(elsewhere, 3, 50);
	await settle();
	expect(before.rtcp).toHaveLength(former);
	expect(after.rtcp.length).toBeGreaterThan(now);
});

test('an address that nothing comes from any more is sent nothing', async () => {
	const { stage, elsewhere, before, after, shoot, settle } = await movedPhone();
	await shoot(elsewhere, 1, 50);
	stage.time.advance(ROAMING_FEEDBACK_MS);
	await settle();
	const [path, roaming] = [before.rtcp.length, after.rtcp.length];
	stage.time.advance(3 * ROAMING_FEEDBACK_MS);
	await settle();
	expect(before.rtcp.length).toBeGreaterThan(path);
	expect(after.rtcp).toHaveLength(roaming);
});

test('who sends a phone’s packets from elsewhere, ahead of it, gets less than it sends and takes nothing from the phone', async () => {
	const { stage, phone, elsewhere, before, after, shoot } = await movedPhone();
	const seen = before.rtcp.length;
	for (let second = 0; second < 2; second += 1) {
		await shoot(elsewhere, 100, 10);
		expect(after.rtcp.length).toBeLessThanOrEqual((second + 1) * MAX_ROAMING_FEEDBACK_PER_SECOND);
	}
	const stolenBytes = 2 * 2 * 100 * (12 + 100 + 16);
	expect(after.rtcp.join('').length / 2).toBeLessThan(stolenBytes);
	expect(before.rtcp.length - seen).toBeGreaterThan(after.rtcp.length);
	expect(phone.record.offences).toEqual([]);
	expect(stage.faults).toEqual([]);
});

test('an address that only media has come from is sent no media', async () => {
	const { stage, publication, phone, elsewhere, before, after, shoot, settle } = await movedPhone();
	const other = stage.publish();
	phone.describe({ receives: [pictureFeed(publication)], sends: [pictureView(other, { mid: '1' })] });
	const friend = await stage.connectedClient();
	friend.describe({ receives: [pictureFeed(other)] });
	const camera = new Camera(88);
	for (let frame = 0; frame < 5; frame += 1) {
		await shoot(elsewhere, 1, 20);
		for (const { bytes } of camera.frame({ packets: 3 })) friend.sendRtp(bytes);
		await friend.settle();
		await settle();
	}
	expect(after.rtcp.length).toBeGreaterThan(0);
	expect(before.rtp).toHaveLength(15);
	expect(after.rtp).toEqual([]);
});
