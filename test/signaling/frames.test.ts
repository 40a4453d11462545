import { beforeEach, describe, expect, test } from 'vitest';
import { answerTo, clientOffer } from './support/answer.ts';
import { connectMedia, roomId, until } from './support/session.ts';
import type { SocketClient } from './support/socket-client.ts';
import { withServer } from './support/with-server.ts';

const server = withServer();
let client: SocketClient;
let offer: string;

beforeEach(async () => {
	server().rooms.open(roomId, 'duress');
	client = await server().connect(`/duress/${roomId}/websocket`);
	offer = (await client.next('offer')).data;
});

/** The socket is alive and its negotiation works. */
async function expectStillWorking(): Promise<void> {
	client.send('answer', answerTo(offer));
	await client.settled();
	expect(server().engine.sent('describe-peer')).toHaveLength(1);
}

describe('bad input gets an error and the socket lives', () => {
	test.each([
		['the literal null', 'null', 'Not a JSON object'],
		['what is not JSON', 'hello', 'Not JSON'],
		['an empty frame', '', 'Not JSON'],
		['an array', '[1,2]', 'Not a JSON object'],
		['a bare string', '"offer"', 'Not a JSON object'],
		['no event', '{"data":"x"}', 'event is not a string'],
		['an event that is not a string', '{"event":1,"data":"x"}', 'event is not a string'],
		['data that is an object', '{"event":"answer","data":{"type":"answer","sdp":"v=0"}}', 'data is not a string'],
		['data that is a number', '{"event":"candidate","data":5}', 'data is not a string'],
		['data that is null', '{"event":"offer","data":null}', 'data is not a string'],
		['no data', '{"event":"offer"}', 'data is not a string'],
	])('%s', async (_name, frame, error) => {
		client.sendRaw(frame);
		expect(await client.next('error')).toEqual({ event: 'error', data: error });
		await expectStillWorking();
	});

	test.each([
		['SDP that does not parse', 'answer', 'v=0 nonsense'],
		['an answer that is no description', 'answer', '{"type":"answer"}'],
		['an offer of the wrong type', 'offer', '{"type":"answer","sdp":"v=0"}'],
		['an offer that is null', 'offer', 'null'],
		['a candidate that is none', 'candidate', 'candidate:gibberish'],
	])('%s', async (_name, event, data) => {
		client.send(event, data);
		expect((await client.next('error')).data).not.toBe('');
		await client.settled();
	});

	test('an answer that nobody waits for', async () => {
		client.send('answer', answerTo(offer));
		client.send('answer', answerTo(offer));
		expect((await client.next('error')).data).toMatch(/answer/i);
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});

	test('an answer with setup:passive', async () => {
		client.send('answer', answerTo(offer, { setup: 'passive' }));
		expect((await client.next('error')).data).toContain('the server is always the DTLS server');
		expect(server().engine.sent('describe-peer')).toHaveLength(0);
	});
});

describe('liberal input', () => {
	test('a binary frame with the same JSON is taken', async () => {
		client.sendRaw(Buffer.from(JSON.stringify({ event: 'answer', data: answerTo(offer) })));
		await client.settled();
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});

	test('a binary frame of noise gets an error', async () => {
		client.sendRaw(new Uint8Array([0xff, 0xfe, 0x00, 0x80]));
		expect((await client.next('error')).data).toBe('Not JSON');
		await expectStillWorking();
	});

	test('extra keys are ignored', async () => {
		client.sendRaw(JSON.stringify({ id: 7, event: 'answer', data: answerTo(offer), from: { name: 'x' } }));
		await client.settled();
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});

	test('a raw SDP answer is taken', async () => {
		const { sdp }: { sdp: string } = JSON.parse(answerTo(offer));
		client.send('answer', sdp);
		await client.settled();
		expect(server().engine.sent('describe-peer')).toHaveLength(1);
	});

	test.each([
		[
			'JSON text',
			'candidate',
			JSON.stringify({ candidate: 'candidate:1 1 udp 2122260223 192.0.2.7 51000 typ host', sdpMid: '0', sdpMLineIndex: 0 }),
		],
		['a raw line', 'candidate', 'candidate:1 1 udp 2122260223 192.0.2.7 51000 typ host'],
		['the second name', 'ice-candidate', 'candidate:1 1 udp 2122260223 192.0.2.7 51000 typ host'],
		['an empty candidate: the end of them', 'candidate', ''],
	])('a candidate before the answer, %s', async (_name, event, data) => {
		client.send(event, data);
		await expectStillWorking();
		expect(client.events()).toEqual(['offer']);
	});

	test('unknown events are ignored and counted', async () => {
		client.send('hello', 'there');
		client.send('duress-alert', 'x');
		client.send('restart', '{}');
		client.send('resume', '{"token":"x"}');
		await expectStillWorking();
		expect(client.events()).toEqual(['offer']);
		expect(server().counts).toMatchObject({ unknownEvents: 4, badFrames: 0 });
	});
});

describe('a client that offers', () => {
	test('in raw SDP is answered in raw SDP, under the credentials and fingerprint of the offer that gave way', async () => {
		client.send('offer', clientOffer('sendrecv'));
		const { data } = await client.next('answer');
		expect(data).toMatch(/^v=0\r\n/);
		const { sdp }: { sdp: string } = JSON.parse(offer);
		for (const name of ['ice-ufrag', 'ice-pwd', 'fingerprint']) {
			const line = new RegExp(`a=${name}:.*`);
			expect(data.match(line)?.[0]).toBe(sdp.match(line)?.[0]);
		}
		expect(data).toContain('a=setup:passive');
		expect(server().engine.last('describe-peer').description.receives).toHaveLength(2);
	});

	test('in JSON text is answered in JSON text', async () => {
		client.send('offer', JSON.stringify({ type: 'offer', sdp: clientOffer('sendonly') }));
		expect(JSON.parse((await client.next('answer')).data)).toMatchObject({ type: 'answer', sdp: expect.stringMatching(/^v=0/) });
	});

	test('as a viewer gets the tracks, and what it sends is not taken', async () => {
		const viewer = await server().connect(`/duress/${roomId}/viewer/websocket`);
		viewer.send('offer', clientOffer('sendrecv'));
		await viewer.next('answer');
		const { description } = server().engine.last('describe-peer');
		expect(description.receives).toEqual([]);
		expect(description.sends.map(({ kind }) => kind)).toEqual(['video', 'audio']);
	});
});

describe('limits', () => {
	test('a flood of bad input is closed with 1008', async () => {
		for (let index = 0; index < 51; index++) client.sendRaw('null');
		expect((await client.closed).code).toBe(1008);
		expect(client.events().filter((event) => event === 'error')).toHaveLength(51);
	});

	test('descriptions that do not parse are bad input as well', async () => {
		for (let index = 0; index < 51; index++) client.send('offer', 'nonsense');
		expect((await client.closed).code).toBe(1008);
	});

	test('fifty bad frames in ten seconds, again and again, are forgiven', async () => {
		const { client: steady } = await connectMedia(server(), `/duress/${roomId}/websocket`);
		for (let round = 0; round < 4; round++) {
			for (let index = 0; index < 50; index++) steady.sendRaw('null');
			await steady.settled();
			server().clock.advance(10_000);
		}
		await steady.settled();
		expect(steady.events().filter((event) => event === 'error')).toHaveLength(200);
	});

	test('a flood of well-formed frames is closed with 1008 too', async () => {
		for (let index = 0; index < 501; index++) client.send('hello', '');
		expect((await client.closed).code).toBe(1008);
	});

	test('a frame of 64 KiB is taken, a longer one closes with 1009', async () => {
		const frame = (bytes: number): string => {
			const empty = JSON.stringify({ event: 'hello', data: '' });
			return JSON.stringify({ event: 'hello', data: 'x'.repeat(bytes - empty.length) });
		};
		client.sendRaw(frame(65_536));
		await client.settled();
		expect(server().counts.unknownEvents).toBe(1);
		client.sendRaw(frame(65_537));
		expect((await client.closed).code).toBe(1009);
		await until(() => server().counts.sockets === 0);
	});
});

test('a fault of the server in one message ends that socket alone, with 1011', async () => {
	const other = await server().connect(`/duress/${roomId}/viewer/websocket`);
	const { send } = server().engine;
	server().engine.send = () => {
		throw new Error('engine fault');
	};
	client.send('answer', answerTo(offer));
	expect((await client.closed).code).toBe(1011);
	server().engine.send = send;
	await other.settled();
	expect(server().log.some(({ message }) => message === 'signaling fault')).toBe(true);
});

describe('closing', () => {
	test.each([1000, 1001, 3000, 4000, 4999])('a close with %i is answered with the same code', async (code) => {
		const echoed = new Promise((resolve) => client.socket.on('close', resolve));
		client.socket.close(code, 'bye');
		expect(await echoed).toBe(code);
	});
});

describe('keep-alive', () => {
	test('the server pings every 15 s', async () => {
		const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
		server().clock.advance(15_000);
		await pinged;
	});

	test('a client that pings or answers pings stays for ever', async () => {
		const { client: steady } = await connectMedia(server(), `/duress/${roomId}/websocket`);
		for (let round = 0; round < 16; round++) {
			const pinged = new Promise((resolve) => steady.socket.once('ping', resolve));
			server().clock.advance(15_000);
			await pinged;
			const heard = new Promise((resolve) => steady.socket.once('pong', resolve));
			steady.socket.ping();
			await heard;
		}
		expect(steady.socket.readyState).toBe(steady.socket.OPEN);
	});

	test('a socket silent for 30 s is dropped', async () => {
		const { client: silent } = await connectMedia(server(), `/duress/${roomId}/websocket`);
		server().clock.advance(15_000);
		expect(silent.socket.readyState).toBe(silent.socket.OPEN);
		server().clock.advance(15_000);
		expect((await silent.closed).code).toBe(1006);
		expect(server().counts.silentSockets).toBe(1);
	});
});
