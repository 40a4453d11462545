import { readFileSync } from 'node:fs';
import { addressKey } from '../../src/http/address-key.ts';
import { parseUrlencoded, withQuery } from '../../src/http/form-fields.ts';
import { parseMultipart } from '../../src/http/multipart-form.ts';
import { readIfMatch } from '../../src/http/wish/if-match.ts';
import { clientSdp } from '../../src/negotiation/client-sdp.fixture.ts';
import { negotiationErrors, type Result } from '../../src/negotiation/negotiation-errors.ts';
import { problemOfOffer } from '../../src/negotiation/one-shot-offer.ts';
import { parseCandidate } from '../../src/negotiation/parse-candidate.ts';
import { maxRemoteSections, parseDescription } from '../../src/negotiation/parse-description.ts';
import { parseIceFragment } from '../../src/negotiation/parse-ice-fragment.ts';
import { maxSsrcs } from '../../src/negotiation/parse-section.ts';
import { readRemote } from '../../src/negotiation/read-remote.ts';
import type { RemoteDescription } from '../../src/negotiation/remote-description.ts';
import { parseFrame } from '../../src/signaling/message-codec.ts';
import { addressBytes, addressText } from '../../src/stun/ip-address.ts';
import { ffmpegOffer, obsOffer, webrtcbinVp8Offer, whipClientSinkOffer } from '../http/whip-offers.fixture.ts';
import { feedText, within } from './feed.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../src/negotiation/fixtures/${name}.sdp`, import.meta.url), 'utf8');

/** Short ones: what a parser does with a line does not hang on how many follow. */
const descriptions = [
	fixture('chromium-answer-viewer'),
	fixture('libdatachannel-offer'),
	fixture('pion-answer-viewer'),
	clientSdp([{ kind: 'audio' }, { kind: 'video', direction: 'sendonly', lines: ['a=ssrc-group:FID 1 2', 'a=ssrc:1 cname:x'] }]),
	clientSdp([{ kind: 'video', rejected: true }, { kind: 'application' }]),
];
const offers = [obsOffer, webrtcbinVp8Offer, whipClientSinkOffer, ffmpegOffer('active'), ffmpegOffer('passive')];
const candidate = 'candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag cGZ2';

/** The value of a result; a refusal must have its sentence. */
function agreed<T>(result: Result<T>): T | undefined {
	if (result.ok) return result.value;
	if (!(result.error in negotiationErrors)) throw new Error(`refused for no known reason: ${result.error}`);
	return undefined;
}

function measure(description: RemoteDescription | undefined): void {
	if (description === undefined) return;
	within('the number of sections', description.sections.length, 0, maxRemoteSections);
	for (const { codecs, ssrcs, extensions, mid } of description.sections) {
		within('the number of payload types', codecs.length, 0, 128);
		within('the number of SSRCs', ssrcs.length, 0, maxSsrcs);
		within('the length of a mid', mid.length, 1, 32);
		for (const { payloadType } of codecs) within('a payload type', payloadType, 0, 127);
		for (const ssrc of ssrcs) within('an SSRC', ssrc, 1, 0xffff_ffff);
		for (const { id } of extensions) within('the id of an extension', id, 1, 255);
	}
}

/** Fields of a form: text under each name, nothing from a prototype. */
function measureFields(fields: Record<string, string> | undefined): void {
	if (fields === undefined) return;
	if (Object.getPrototypeOf(fields) !== Object.prototype) throw new Error('the fields have a prototype of their own');
	for (const value of Object.values(fields)) if (typeof value !== 'string') throw new Error(`a field is ${value}`);
}

const boundary = 'multipart/form-data; boundary=b';
const form =
	'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nMária\r\n--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n' +
	'Content-Type: image/png\r\n\r\nx\r\n--b--\r\n';

feedText([
	{ name: 'SDP description', samples: [...descriptions, ...offers], read: (text) => measure(agreed(parseDescription(text))) },
	{
		name: 'data of an offer event',
		samples: [...descriptions, ...descriptions.map((sdp) => JSON.stringify({ type: 'offer', sdp }))],
		read: (text) => measure(agreed(readRemote(text, 'offer'))?.description),
	},
	{
		name: 'offer to WHIP and WHEP',
		samples: [...offers, ...descriptions],
		read(text) {
			for (const use of ['publish', 'watch'] as const) {
				const problem = problemOfOffer(text, use);
				if (problem !== undefined) within('the length of a complaint', problem.text.length, 1, 300);
			}
		},
	},
	{
		name: 'ICE candidate',
		samples: [candidate, `a=${candidate}`, JSON.stringify({ candidate, sdpMid: '0', sdpMLineIndex: 0 }), 'null', '{"candidate":""}'],
		read(text) {
			const value = agreed(parseCandidate(text));
			if (value?.type === 'candidate') within('a port', value.port, 0, 65_535);
		},
	},
	{
		name: 'ICE fragment',
		samples: [
			`a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=${candidate}\r\n`,
			`a=${candidate}\r\na=end-of-candidates\r\n`,
		],
		read(text) {
			const value = agreed(parseIceFragment(text));
			if (value === undefined) return;
			within('the number of candidates', value.candidates, 0, 512);
			if (value.credentials !== undefined) within('the length of a password', value.credentials.pwd.length, 22, 256);
		},
	},
	{
		name: 'signaling frame',
		samples: [
			JSON.stringify({ event: 'offer', data: descriptions[0] }),
			JSON.stringify({ event: 'candidate', data: JSON.stringify({ candidate }) }),
			'{"event":"duress-stop"}',
			'{"event":"hello","data":"","__proto__":{"event":"offer"}}',
		],
		read(text) {
			const frame = parseFrame(text);
			if (frame.type === 'message' && typeof frame.data !== 'string') throw new Error('a message without text');
			if (!['message', 'unknown', 'bad'].includes(frame.type)) throw new Error(`a frame of type ${frame.type}`);
		},
	},
	{ name: 'multipart form', samples: [form], read: (text) => measureFields(parseMultipart(boundary, Buffer.from(text))) },
	{
		name: 'content type of a multipart form',
		samples: [boundary, 'multipart/form-data; charset=utf-8; boundary="b"'],
		read: (text) => measureFields(parseMultipart(text, Buffer.from(form))),
	},
	{
		name: 'URL-encoded form',
		samples: ['name=M%C3%A1ria&zone=&mobile=%2B1+555', '__proto__=1&name=x&name=y'],
		read(text) {
			const fields = parseUrlencoded(text);
			measureFields(fields);
			withQuery(fields, parseUrlencoded('name=Ada&constructor=1'));
		},
	},
	{
		name: 'If-Match',
		samples: ['*', '"KmvV+/2s"', '"a", W/"KmvV+/2s" ,"b"'],
		read(text) {
			if (!['any', 'current', 'other'].includes(readIfMatch(text, 'KmvV+/2s'))) throw new Error('no such meaning');
		},
	},
	{
		name: 'IP address',
		samples: ['192.0.2.1', '2001:db8::1:0:0:1', '::ffff:10.1.2.3', 'fe80::1%eth0', '64:ff9b::192.0.2.33'],
		read(text) {
			const bytes = addressBytes(text);
			if (bytes === undefined) return;
			if (bytes.length !== 4 && bytes.length !== 16) throw new Error(`an address of ${bytes.length} bytes`);
			if (Buffer.compare(addressBytes(addressText(bytes)) ?? Buffer.of(), bytes) !== 0) throw new Error('it is not read back');
		},
	},
	{
		name: 'address of a client',
		samples: ['192.0.2.1', '2001:db8:1:2:3:4:5:6', '::ffff:10.1.2.3', 'fe80::1%eth0'],
		read: (text) => within('the length of its key', addressKey(text).length, 0, text.length + 24),
	},
]);
