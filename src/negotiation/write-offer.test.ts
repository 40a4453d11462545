import { describe, expect, it } from 'vitest';
import { mediaSections } from './client-sdp.fixture.ts';
import { NumberBook } from './number-book.ts';
import { planOffer } from './plan-offer.ts';
import { writeOffer } from './write-offer.ts';

const ice = { ufrag: 'serv', pwd: 'p'.repeat(24) };
const candidates = [
	{ address: '192.0.2.1', port: 40000 },
	{ address: '2001:db8::1', port: 40000 },
];
const publication = { publicationId: 'a', streamName: 'stream-a', videoSsrc: 11, videoRtxSsrc: 13, audioSsrc: 12 };

function offer(feeds: string | undefined, wanted = [publication]): string {
	return writeOffer(
		'4711',
		3,
		{ ice, fingerprint: 'AA:BB', candidates },
		planOffer({ agreed: [], feeds, wanted, sendsAv1: false, book: new NumberBook() }),
	);
}

describe('writeOffer', () => {
	it('speaks as an ICE-lite agent on one transport, its candidates inside', () => {
		const sdp = offer(undefined);
		expect(sdp).toContain('o=- 4711 3 IN IP4 127.0.0.1\r\n');
		expect(sdp).toContain('\r\na=ice-lite\r\na=group:BUNDLE 0 1\r\n');
		const [video, audio] = mediaSections(sdp);
		expect(video).toEqual(
			expect.arrayContaining([
				'c=IN IP4 192.0.2.1',
				'a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host',
				'a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host',
				'a=end-of-candidates',
			]),
		);
		for (const section of [video, audio]) {
			expect(section).toEqual(
				expect.arrayContaining([
					'a=ice-ufrag:serv',
					`a=ice-pwd:${ice.pwd}`,
					'a=fingerprint:sha-256 AA:BB',
					'a=setup:actpass',
					'a=rtcp-mux',
					'a=rtcp-rsize',
				]),
			);
		}
	});

	it('names every codec under its fixed payload type', () => {
		const [video, audio] = mediaSections(offer('own', []));
		expect(video?.[0]).toBe('m=video 40000 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 102 103');
		expect(audio?.[0]).toBe('m=audio 40000 UDP/TLS/RTP/SAVPF 112 111');
		expect(video).toContain('a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f');
		expect(audio).toContain('a=fmtp:111 minptime=10;useinbandfec=1');
	});

	it('names the retransmissions of every codec, and RED around Opus', () => {
		const [video, audio] = mediaSections(offer('own', []));
		for (const [rtx, codec] of [
			[97, 96],
			[99, 98],
			[101, 100],
			[103, 102],
		]) {
			expect(video).toEqual(expect.arrayContaining([`a=rtpmap:${rtx} rtx/90000`, `a=fmtp:${rtx} apt=${codec}`]));
		}
		expect(audio).toEqual(expect.arrayContaining(['a=rtpmap:112 red/48000/2', 'a=fmtp:112 111/111']));
	});

	it('asks for transport-wide feedback uplink', () => {
		const sdp = offer('own', []);
		const [video, audio] = mediaSections(sdp);
		expect(video?.filter((line) => line.startsWith('a=rtcp-fb:96'))).toEqual([
			'a=rtcp-fb:96 transport-cc',
			'a=rtcp-fb:96 ccm fir',
			'a=rtcp-fb:96 nack',
			'a=rtcp-fb:96 nack pli',
		]);
		expect(audio?.filter((line) => line.startsWith('a=rtcp-fb'))).toEqual(['a=rtcp-fb:111 transport-cc']);
		expect(video?.filter((line) => line.startsWith('a=extmap'))).toEqual([
			'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
			'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
			'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
		]);
		expect(audio?.filter((line) => line.startsWith('a=extmap'))).toHaveLength(3);
		expect(sdp).not.toMatch(/video-orientation|dependency-descriptor/);
	});

	it('offers REMB downlink, with the same id of abs-send-time as uplink and no other extension', () => {
		const [video, audio] = mediaSections(offer(undefined));
		expect(video?.filter((line) => line.startsWith('a=rtcp-fb:102'))).toEqual([
			'a=rtcp-fb:102 nack',
			'a=rtcp-fb:102 nack pli',
			'a=rtcp-fb:102 ccm fir',
			'a=rtcp-fb:102 goog-remb',
		]);
		for (const section of [video, audio]) {
			expect(section?.filter((line) => line.startsWith('a=extmap'))).toEqual([
				'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
			]);
		}
	});

	it('puts both tracks of a publication under one stream and one cname', () => {
		const [video, audio] = mediaSections(offer(undefined));
		expect(video).toEqual(expect.arrayContaining(['a=msid:stream-a stream-a-video', 'a=ssrc:11 cname:stream-a']));
		expect(audio).toEqual(expect.arrayContaining(['a=msid:stream-a stream-a-audio', 'a=ssrc:12 cname:stream-a']));
	});

	it('names the stream of retransmissions beside the picture', () => {
		const [video, audio] = mediaSections(offer(undefined));
		expect(video?.filter((line) => line.startsWith('a=ssrc'))).toEqual([
			'a=ssrc-group:FID 11 13',
			'a=ssrc:11 cname:stream-a',
			'a=ssrc:13 cname:stream-a',
		]);
		expect(audio?.filter((line) => line.startsWith('a=ssrc'))).toEqual(['a=ssrc:12 cname:stream-a']);
	});
});
